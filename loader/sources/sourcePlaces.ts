import type { S3Access } from '../storage/s3Client.ts'

/** Where sources may lie: services start loads with URIs of their choosing. */
export type SourcePlaces = {
  /** Absolute; the directory of the configuration file. */
  readonly baseDirectory: string
  /** Directories, relative to the base directory or absolute; `s3://bucket/prefix`; `https://host/path/`. */
  readonly dataDirectories: readonly string[]
  /** @default a client made from the AWS environment when it is first needed */
  readonly s3?: S3Access
}
