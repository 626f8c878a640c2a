// Bundles the workflows into the file named, and ends.
import { writeFile } from 'node:fs/promises'
import { bundleWorkflows } from './bundleWorkflows.ts'

const [, , target, ...options] = process.argv
if (target === undefined) throw new Error('usage: bundleProcess FILE [--encodes-failures] [--traced]')
await writeFile(
  target,
  await bundleWorkflows({
    encodesFailures: options.includes('--encodes-failures'),
    traced: options.includes('--traced'),
  }),
)
