/** What the command's exit code says. */
export const EXIT = {
  well: 0,
  runFailed: 1,
  /** Usage or configuration. */
  usage: 2,
  rejectedRecords: 3,
  /** Ctrl-C: the run goes on without us. The code shells give a command that was interrupted. */
  detached: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
