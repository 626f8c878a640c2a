// Makes the bundles that a built package carries, so that its workers need not. Part of `npm run build`.
import { writeFile } from 'node:fs/promises'
import { BUNDLE_KINDS, builtBundle } from './builtBundles.ts'
import { bundleWorkflows } from './bundleWorkflows.ts'

for (const kind of BUNDLE_KINDS) await writeFile(builtBundle(kind), await bundleWorkflows(kind))
