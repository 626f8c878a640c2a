import { join } from 'node:path'
import { RunIdError, RunPathError } from './errors.ts'

/** Maximum bytes of a run id: file systems allow 255 bytes in a name. */
const MAX_RUN_ID_BYTES = 200

/** Throws RunIdError when the id can't name a directory inside the run store. */
export function checkRunId(runId: string): void {
  const reason = runIdProblem(runId)
  if (reason !== undefined) throw new RunIdError(runId, reason)
}

export function isRunId(name: string): boolean {
  return runIdProblem(name) === undefined
}

/** The absolute path of a run's file. Throws RunPathError for anything but names joined by `/`. */
export function placeInRun(directory: string, path: string): string {
  checkRunPath(path)
  return join(directory, path)
}

/** Throws RunPathError for anything but names joined by `/`. */
export function checkRunPath(path: string): void {
  for (const name of path.split('/')) {
    const reason = nameProblem(name)
    if (reason !== undefined) throw new RunPathError(path, reason)
  }
}

function runIdProblem(runId: string): string | undefined {
  const bytes = Buffer.byteLength(runId)
  if (bytes > MAX_RUN_ID_BYTES) return `it has ${bytes} bytes`
  if (runId.includes('/')) return 'it holds "/"'
  if (runId.includes('..')) return 'it holds ".."'
  return nameProblem(runId) ?? portabilityProblem(runId)
}

/** Names of devices on Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A run id names the same directory in every store and on every screen: no device, no hidden character, nothing that is cut off. */
function portabilityProblem(runId: string): string | undefined {
  if (!runId.isWellFormed()) return 'it holds half of a surrogate pair'
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(runId)) return 'it holds a character that no screen shows'
  if (/[<>:"|?*]/.test(runId)) return 'it holds one of < > : " | ? *, which some file systems reject'
  if (/[. ]$/.test(runId)) return 'it ends with "." or a space, which some file systems cut off'
  if (DEVICE.test(runId)) return 'it is the name of a device on some systems'
  return undefined
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'a name in it is empty'
  // Names that begin with a dot are reserved for temporary files, and `.` and `../..` are among them.
  if (name.startsWith('.')) return `the name ${JSON.stringify(name)} begins with "."`
  if (name.includes('\\')) return 'it holds "\\"'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: searches for control characters
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'it holds a control character'
  return undefined
}
