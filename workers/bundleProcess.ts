// Bundles the workflows into the named file and exits. Without a file, part of `npm run build`: makes the bundles of the package.
import { writeFile } from 'node:fs/promises'
import { bundleWorkflows } from './bundleWorkflows.ts'
import { BUNDLE_KINDS, builtBundle } from './workflowBundle.ts'

const [, , target, ...options] = process.argv
const given = { encodesFailures: options.includes('--encodes-failures'), traced: options.includes('--traced') }
if (target !== undefined) await writeFile(target, await bundleWorkflows(given))
else for (const kind of BUNDLE_KINDS) await writeFile(builtBundle(kind), await bundleWorkflows(kind))
