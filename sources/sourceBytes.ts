import { openHttpSource, statHttpSource } from './httpSource.ts'
import { openS3Source, statS3Source } from './s3Source.ts'
import { openSourceFile, statSourceFile } from './sourceFile.ts'
import type { SourcePlaces } from './sourcePlaces.ts'
import type { SourceBytes } from './sourceReader.ts'
import type { SourceState } from './sourceState.ts'

type Scheme = {
  readonly open: (uri: string, places: SourcePlaces) => Promise<SourceBytes>
  readonly stat: (uri: string, places: SourcePlaces) => Promise<SourceState>
}

const FILE: Scheme = { open: openSourceFile, stat: statSourceFile }
const S3: Scheme = { open: openS3Source, stat: statS3Source }
const HTTP: Scheme = { open: openHttpSource, stat: statHttpSource }

/** How a source of this URI is got at. What it makes of an unknown scheme is said there. */
export function schemeOf(uri: string): Scheme {
  if (/^s3:/i.test(uri)) return S3
  if (/^https?:/i.test(uri)) return HTTP
  return FILE
}
