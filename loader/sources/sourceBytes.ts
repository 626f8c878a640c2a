import { openHttpSource, statHttpSource } from './httpSource.ts'
import { openS3Source, statS3Source } from './s3Source.ts'
import { openSourceFile, statSourceFile } from './sourceFile.ts'
import type { SourcePlaces } from './sourcePlaces.ts'
import type { SourceBytes } from './sourceReader.ts'
import type { SourceState } from './sourceState.ts'
import { kindOfSource, type SourceKind } from './sourceUri.ts'

type Scheme = {
  readonly open: (uri: string, places: SourcePlaces) => Promise<SourceBytes>
  readonly stat: (uri: string, places: SourcePlaces) => Promise<SourceState>
}

const SCHEMES: Readonly<Record<SourceKind, Scheme>> = {
  file: { open: openSourceFile, stat: statSourceFile },
  s3: { open: openS3Source, stat: statS3Source },
  http: { open: openHttpSource, stat: statHttpSource },
}

/** How a source of this URI is got at. */
export const schemeOf = (uri: string): Scheme => SCHEMES[kindOfSource(uri)]
