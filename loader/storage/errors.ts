import { LinkError } from '../../packages/client/contract/linkError.ts'
import { systemCode } from '../http/networkErrors.ts'

/** Thrown when a file of a run is read that was never written, or was removed. */
export class RunFileMissingError extends LinkError {
  override readonly name = 'RunFileMissingError' as const
  readonly kind = 'fatal' as const
  readonly location: string
  readonly path: string

  constructor(location: string, path: string) {
    super(
      `Reading ${path} of the run failed: there is no such file in ${location}. ` +
        'If the run store was moved, set runStore in sflink.yaml to its new location and resume the run. If its files are lost, check the org for ' +
        'records that the run has written before you load the source again: a new run sends all of them once more.',
    )
    this.location = location
    this.path = path
  }
}

/** Thrown when a run id can't name a directory, so a run could lie outside the run store. */
export class RunIdError extends LinkError {
  override readonly name = 'RunIdError' as const
  readonly kind = 'usage' as const
  readonly runId: string

  constructor(runId: string, reason: string) {
    super(
      `The run id ${JSON.stringify(runId.slice(0, 250))} can't be used: ${reason}. ` +
        'Allowed: 1 to 200 bytes of letters, digits and marks without / \\ < > : " | ? * and "..", not beginning or ending with ".". Give the run another id.',
    )
    this.runId = runId
  }
}

/** Thrown when a path inside a run is not a plain relative one. Always a mistake of the caller. */
export class RunPathError extends LinkError {
  override readonly name = 'RunPathError' as const
  readonly kind = 'fatal' as const
  readonly path: string

  constructor(path: string, reason: string) {
    super(
      `The path ${JSON.stringify(path)} can't be used in a run: ${reason}. Allowed: names joined by "/", like chunks/00001.csv.`,
    )
    this.path = path
  }
}

/** Thrown when `runStore` names a location that can't be opened. */
export class RunStoreUriError extends LinkError {
  override readonly name = 'RunStoreUriError' as const
  readonly kind = 'usage' as const
  readonly uri: string

  constructor(uri: string, reason: string) {
    super(`The run store ${JSON.stringify(uri)} can't be used: ${reason}.`)
    this.uri = uri
  }
}

/** An error of a disk or a server: its code, and what it means. */
export type StoreProblem = { readonly code: string; readonly reason: string; readonly advice: string }

/** Thrown when an operation on the disk or the server fails. `code` is the system's or S3's: ENOSPC, EACCES, AccessDenied … */
export class RunStoreError extends LinkError {
  override readonly name = 'RunStoreError' as const
  readonly kind = 'transient' as const
  readonly location: string
  readonly path: string
  readonly code: string

  /** @param problem what the cause means; for an error of `node:fs` it is known here */
  constructor(
    work: string,
    location: string,
    path: string,
    cause: unknown,
    problem: StoreProblem = diskProblem(location, cause),
  ) {
    const { code, reason, advice } = problem
    super(`${work} ${path} in the run store ${location} failed: ${reason} (${code}). ${advice}`, { cause })
    this.location = location
    this.path = path
    this.code = code
  }
}

/** Thrown when an S3 server accepts a second conditional write: records could be sent twice. */
export class RunStoreUnfitError extends LinkError {
  override readonly name = 'RunStoreUnfitError' as const
  readonly kind = 'usage' as const
  readonly location: string

  constructor(location: string) {
    super(
      `The run store ${location} can't be used: its server accepts a conditional write (If-None-Match: *) although the object exists, ` +
        'so two workers could send the same records. Use a server that supports it, such as Amazon S3, or set runStore in sflink.yaml to a directory.',
    )
    this.location = location
  }
}

function diskProblem(location: string, cause: unknown): StoreProblem {
  const code = systemCode(cause) ?? 'UNKNOWN'
  const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause)
  return { code, reason, advice: `Check that ${location} can be read and written.`, ...DISK_ERRORS.get(code) }
}

const FULL = 'Free some space there, or set runStore in sflink.yaml to a larger disk; the run continues by itself.'
const RIGHTS = 'Let the user of the worker write there, or set runStore in sflink.yaml to another directory.'
const MOVE = 'Move that file away, or set runStore in sflink.yaml to another directory.'

const DISK_ERRORS: ReadonlyMap<string, Omit<StoreProblem, 'code'>> = new Map(
  Object.entries({
    ENOSPC: { reason: 'the disk is full', advice: FULL },
    EDQUOT: { reason: 'the disk quota is used up', advice: FULL },
    EFBIG: { reason: 'the file is larger than the file system allows', advice: FULL },
    EACCES: { reason: 'permission denied', advice: RIGHTS },
    EPERM: { reason: 'the operation is not permitted, or the file system has no hard links', advice: RIGHTS },
    EROFS: { reason: 'the file system is read-only', advice: RIGHTS },
    ENOTSUP: {
      reason: 'the file system has no hard links',
      advice: 'Set runStore in sflink.yaml to a directory on a local disk.',
    },
    ENOTDIR: { reason: 'a part of the path is a file, not a directory', advice: MOVE },
    EEXIST: { reason: 'a file exists where a directory is needed', advice: MOVE },
    EISDIR: { reason: 'a directory exists where the file is expected', advice: 'Move that directory away.' },
    EMFILE: { reason: 'too many files are open in this process', advice: 'Raise its limit (ulimit -n).' },
    ENFILE: { reason: 'too many files are open on this machine', advice: "Raise the system's limit (fs.file-max)." },
    EIO: { reason: 'the disk reports an input/output error', advice: 'Check the disk before loading again.' },
  }),
)
