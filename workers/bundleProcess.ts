// Bundles the workflows into the file named, and ends.
import { writeFile } from 'node:fs/promises'
import { bundleWorkflows } from './bundleWorkflows.ts'

const [, , target, option] = process.argv
if (target === undefined) throw new Error('usage: bundleProcess FILE [--encodes-failures]')
await writeFile(target, await bundleWorkflows({ encodesFailures: option === '--encodes-failures' }))
