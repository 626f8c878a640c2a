import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BundleKind, builtBundle } from './builtBundles.ts'

const isCheckout = import.meta.url.endsWith('.ts')

/**
 * The workflows as one file of code, as Temporal's worker loads them: the package's own, or in a checkout one that is built now.
 * It is built in a process of its own, since the bundler takes 300 MB that a worker would never give back.
 */
export async function workflowBundle(kind: BundleKind): Promise<{ readonly codePath: string }> {
  const built = builtBundle(kind)
  if (!isCheckout && existsSync(built)) return { codePath: built }
  const codePath = join(await mkdtemp(join(tmpdir(), 'sflink-workflows-')), 'workflows.js')
  const program = fileURLToPath(new URL(`./bundleProcess.${isCheckout ? 'ts' : 'js'}`, import.meta.url))
  const options = [...(kind.encodesFailures ? ['--encodes-failures'] : []), ...(kind.traced ? ['--traced'] : [])]
  await promisify(execFile)(process.execPath, [program, codePath, ...options])
  return { codePath }
}
