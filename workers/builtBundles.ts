import { fileURLToPath } from 'node:url'

export type BundleKind = {
  /** As workers with encryption keys need it. */
  readonly encodesFailures: boolean
  /** As workers with tracing need it. */
  readonly traced: boolean
}

export const BUNDLE_KINDS: readonly BundleKind[] = [
  { encodesFailures: false, traced: false },
  { encodesFailures: true, traced: false },
  { encodesFailures: false, traced: true },
  { encodesFailures: true, traced: true },
]

/** Where a built package has the bundle of this kind. */
export function builtBundle({ encodesFailures, traced }: BundleKind): string {
  const name = encodesFailures ? 'encodingBundle' : 'workflowBundle'
  return fileURLToPath(new URL(`../${name}${traced ? '.traced' : ''}.js`, import.meta.url))
}
