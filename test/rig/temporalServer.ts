// vitest's global set-up: one Temporal server and one workflow bundle for the whole run.
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startTemporalServer, type TemporalServer } from '../../dev/processes/temporalServer.ts'
import { bundleWorkflows } from '../../workers/bundleWorkflows.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port`; also in the environment as TEMPORAL_TEST_ADDRESS. */
    temporalAddress: string
    temporalNamespace: string
    /** File with the bundle, for `workflowBundle: { codePath }`; also in the environment as TEMPORAL_TEST_BUNDLE. Empty when the build fails. */
    workflowBundlePath: string
  }
}

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))

let server: TemporalServer | undefined
let folder: string | undefined

export async function setup(project: TestProject): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'salesforce-link-test-'))
  const [started, bundlePath] = await Promise.all([startTemporalServer(), bundleInto(folder)])
  server = started
  project.provide('temporalAddress', started.address)
  project.provide('temporalNamespace', started.namespace)
  project.provide('workflowBundlePath', bundlePath)
  process.env['TEMPORAL_TEST_ADDRESS'] = started.address
  process.env['TEMPORAL_TEST_BUNDLE'] = bundlePath
}

export async function teardown(): Promise<void> {
  await server?.close()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}

/** A failed build of the bundle fails only the tests that need it. */
async function bundleInto(target: string): Promise<string> {
  if (!existsSync(workflowsPath)) return ''
  try {
    const path = join(target, 'workflows.js')
    await writeFile(path, await bundleWorkflows({ logLevel: 'ERROR' }))
    return path
  } catch (error) {
    console.error(`The workflows cannot be bundled: ${error instanceof Error ? error.message : error}`)
    return ''
  }
}
