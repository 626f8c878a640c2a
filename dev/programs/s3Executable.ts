// Finds an S3 server for development, or finds or builds the `versitygw` executable to start one, the cheapest way first.
import { basename, dirname, join } from 'node:path'
import { cacheFolder, executableName, isExecutable, onPath } from '../../cli/up/programs.ts'
import { withLock } from '../processes/folderLock.ts'
import { buildWithGo } from './executables.ts'

export const VERSITYGW_VERSION = '1.8.0'

export type FoundS3 =
  | { readonly kind: 'server'; readonly endpoint: string }
  | { readonly kind: 'executable'; readonly path: string }

/** Thrown when there is no S3 server and the build of one failed. */
export class S3MissingError extends Error {
  override readonly name = 'S3MissingError' as const

  constructor(reason: string) {
    super(
      `No S3 server for development: ${reason}. Install Go, or versitygw (https://github.com/versity/versitygw) so that it is on PATH, ` +
        'or set SFLINK_S3_ENDPOINT to a running S3 server and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that may create buckets in it, then run the command again.',
    )
  }
}

/**
 * An address in SFLINK_S3_ENDPOINT, else `versitygw` on PATH, else the one in the cache, else one that is built into the cache.
 * Safe to call from several processes at once. Throws S3MissingError when all of this fails.
 */
export async function findS3(environment: NodeJS.ProcessEnv = process.env): Promise<FoundS3> {
  const endpoint = environment['SFLINK_S3_ENDPOINT']
  if (endpoint) return { kind: 'server', endpoint }
  const cached = join(cacheFolder(environment, 'versitygw', VERSITYGW_VERSION), executableName('versitygw'))
  const path =
    (await onPath(environment, 'versitygw', 'Version')) ?? ((await isExecutable(cached)) ? cached : undefined)
  return { kind: 'executable', path: path ?? (await buildS3(cached, environment)) }
}

/** Unoptimised code compiles in half the time and is fast enough for development. The build uses no cgo, so it needs no C compiler. */
const FLAGS: readonly string[] = ['-gcflags=all=-N -l', '-ldflags=-s -w']

/** A second process waits for the first, then finds the executable. */
async function buildS3(target: string, environment: NodeJS.ProcessEnv): Promise<string> {
  return withLock(`${dirname(target)}.lock`, async () => {
    if (await isExecutable(target)) return target
    const failure = await buildWithGo({
      what: `the S3 server versitygw ${VERSITYGW_VERSION} for development`,
      version: VERSITYGW_VERSION,
      programs: [{ path: 'github.com/versity/versitygw/cmd/versitygw', name: basename(target) }],
      folder: dirname(target),
      environment: { ...environment, CGO_ENABLED: '0' },
      flags: FLAGS,
    })
    if (failure !== undefined) throw new S3MissingError(failure)
    return target
  })
}
