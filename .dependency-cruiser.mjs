// Who may import whom. `npm run boundaries` fails on an arrow that points up, on a cycle, and on a package outside its folders.

/** From top to bottom: a layer imports itself and those below it. Folders in one row do not import each other. */
const LAYERS = [
  ['cli', 'console'],
  ['workers'],
  ['workflows'],
  ['activities'],
  ['config'],
  ['notifications'],
  ['loader/calls', 'loader/inspect'],
  ['loader/runs'],
  ['loader/protocol'],
  ['loader/results', 'loader/matching'],
  ['loader/suggest'],
  ['loader/mapping'],
  ['loader/plan'],
  ['loader/spec', 'loader/schedule'],
  ['loader/values'],
  ['loader/sources'],
  ['loader/salesforce', 'loader/storage'],
  ['loader/http', 'loader/csv'],
  ['packages/client'],
  ['packages/client/encryption'],
  ['packages/client/contract'],
]

const within = folders => `^(${folders.join('|')})/`

const upward = LAYERS.flatMap((row, index) =>
  row.map(folder => ({
    name: `${folder}-imports-down`,
    comment: `${folder}/ imports itself and the layers below it (LAYERS in .dependency-cruiser.mjs).`,
    severity: 'error',
    from: { path: within([folder]), ...nested(folder) },
    to: {
      path: within(LAYERS.flat()),
      pathNot: within([folder, ...LAYERS.slice(index + 1).flat()]),
    },
  })),
)

/** A folder's rule does not apply to the layers that lie inside it. */
function nested(folder) {
  const inner = LAYERS.flat().filter(other => other.startsWith(`${folder}/`))
  return inner.length === 0 ? {} : { pathNot: within(inner) }
}

export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...upward,
    {
      name: 'temporal-only-in-workflows-activities-workers-client',
      comment: 'The loader, the configuration and the emulator know no Temporal.',
      severity: 'error',
      from: { pathNot: '^(workflows|activities|workers|cli|dev|test|examples)/|^packages/client/(?!contract/)' },
      to: { path: 'node_modules/@temporalio/' },
    },
    {
      name: 'the-loader-stands-alone',
      comment: 'Of the other folders the loader imports the contract only.',
      severity: 'error',
      from: { path: '^loader/' },
      to: { pathNot: '^loader/|^packages/client/contract/|node_modules', dependencyTypesNot: ['core'] },
    },
    {
      name: 'workflows-use-types-of-activities',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'emulator-stands-alone',
      comment: 'The emulator shares no line with the client that it is there to test.',
      severity: 'error',
      from: { path: '^packages/emulator/(?!test/)' },
      to: { pathNot: '^packages/emulator/|node_modules', dependencyTypesNot: ['core'] },
    },
    {
      name: 'only-the-command-starts-the-emulator',
      severity: 'error',
      from: { path: '^(workers|workflows|activities|config|notifications|loader|packages/client)/' },
      to: { path: '^packages/emulator/' },
    },
    {
      name: 'the-product-does-not-use-its-tools',
      severity: 'error',
      from: { pathNot: '^(dev|test|examples)/|^packages/emulator/test/|\\.config\\.ts$' },
      to: { path: '^(dev|test|examples)/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|schemas)/' },
    enhancedResolveOptions: { conditionNames: ['checkout', 'import', 'types', 'default'] },
  },
}
