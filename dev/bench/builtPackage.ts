// The package as npm installs it. A worker that runs the TypeScript sources keeps them and the compiler in memory: 35 MB.
import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Processes } from '../processes/processes.ts'
import { ROOT } from './org.ts'

/** Builds it into the folder. Returns the path of the command. Throws ProcessEndedError. */
export async function buildPackage(processes: Processes, folder: string): Promise<string> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')]
  await processes.runToEnd({ name: 'The compiler', folder: ROOT, args })
  for (const path of ['bin', 'package.json']) await cp(join(ROOT, path), join(folder, path), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  // Of the four bundles of a package the one that the worker loads.
  const bundle = join(folder, 'dist/workflowBundle.js')
  await processes.runToEnd({ name: 'The bundler', folder, args: ['dist/workers/bundleProcess.js', bundle] })
  return join(folder, 'bin/sflink.mjs')
}
