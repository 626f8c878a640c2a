// Bundles the workflows into the file named, and ends.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

const [, , target] = process.argv
if (target === undefined) throw new Error('usage: bundleProcess FILE')
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const workflowsPath = fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url))
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
await writeFile(target, code)
