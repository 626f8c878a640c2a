import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const isCheckout = import.meta.url.endsWith('.ts')

/** The code of the workflows, or the file that holds it. */
type WorkflowBundle = { readonly codePath: string } | { readonly code: string }

export type BundleKind = {
  /** Whether failures become payloads, as workers with encryption keys need. */
  readonly encodesFailures: boolean
  /** Whether workflows make spans, as workers with tracing need. */
  readonly traced: boolean
}

export const BUNDLE_KINDS: readonly BundleKind[] = [
  { encodesFailures: false, traced: false },
  { encodesFailures: true, traced: false },
  { encodesFailures: false, traced: true },
  { encodesFailures: true, traced: true },
]

/** Path of this kind's bundle in a built package. */
export function builtBundle({ encodesFailures, traced }: BundleKind): string {
  const name = encodesFailures ? 'encodingBundle' : 'workflowBundle'
  return fileURLToPath(new URL(`../${name}${traced ? '.traced' : ''}.js`, import.meta.url))
}

/**
 * Returns the workflows as one file of code, as Temporal's worker loads them: the package's own, or in a checkout a new build.
 * A separate process builds it, because the bundler takes 300 MB that a worker would never release.
 */
export async function workflowBundle(kind: BundleKind): Promise<WorkflowBundle> {
  const built = builtBundle(kind)
  if (!isCheckout && existsSync(built)) return { codePath: built }
  const folder = await mkdtemp(join(tmpdir(), 'sflink-workflows-'))
  const codePath = join(folder, 'workflows.js')
  const program = fileURLToPath(new URL(`./bundleProcess.${isCheckout ? 'ts' : 'js'}`, import.meta.url))
  const options = [...(kind.encodesFailures ? ['--encodes-failures'] : []), ...(kind.traced ? ['--traced'] : [])]
  try {
    await promisify(execFile)(process.execPath, [program, codePath, ...options])
    return { code: await readFile(codePath, 'utf8') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
