import { SourceFileError } from './errors.ts'
import { schemeOf } from './sourceBytes.ts'
import type { SourcePlaces } from './sourcePlaces.ts'
import type { SourceState } from './sourceState.ts'

/**
 * Looks at a source without reading it; undefined when there is nothing by that name yet.
 * Two looks that differ in `version` while nobody should write mean that it is still being written.
 * Throws SourceFileError when it may not be read, or lies outside the data directories; SourceUnreachableError when its server does not answer.
 */
export async function statSource(uri: string, places: SourcePlaces): Promise<SourceState | undefined> {
  try {
    return await schemeOf(uri).stat(uri, places)
  } catch (error) {
    if (error instanceof SourceFileError && error.problem.kind === 'missing') return undefined
    throw error
  }
}
