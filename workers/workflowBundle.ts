import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const isCheckout = import.meta.url.endsWith('.ts')

/** The files of the bundles that were built when the package was. */
function builtFile({ encodesFailures, traced }: BundleKind): string {
  const name = encodesFailures ? 'encodingBundle' : 'workflowBundle'
  return fileURLToPath(new URL(`../${name}${traced ? '.traced' : ''}.js`, import.meta.url))
}

export type BundleKind = {
  /** As workers with encryption keys need it. */
  readonly encodesFailures: boolean
  /** As workers with tracing need it. */
  readonly traced: boolean
}

/**
 * The workflows as one file of code, as Temporal's worker loads them: the package's own, or in a checkout one that is built now.
 * It is built in a process of its own, since the bundler takes 300 MB that a worker would never give back.
 */
export async function workflowBundle(kind: BundleKind): Promise<{ readonly codePath: string }> {
  const built = builtFile(kind)
  if (!isCheckout && existsSync(built)) return { codePath: built }
  const codePath = join(await mkdtemp(join(tmpdir(), 'sflink-workflows-')), 'workflows.js')
  const program = fileURLToPath(new URL(`./bundleProcess.${isCheckout ? 'ts' : 'js'}`, import.meta.url))
  const options = [...(kind.encodesFailures ? ['--encodes-failures'] : []), ...(kind.traced ? ['--traced'] : [])]
  await promisify(execFile)(process.execPath, [program, codePath, ...options])
  return { codePath }
}
