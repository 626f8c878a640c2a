// Folders beside the runs in which receivers record which run a call belongs to: one for each sync and week.

/** Days a call is remembered at least; twice as many at most. */
const CALLS_REMEMBERED = 7

const LENGTH = CALLS_REMEMBERED * 24 * 3_600_000
const FOLDER = /\.calls-(\d{4}-\d\d-\d\d)$/

/** The folder of calls made now, and the one before: older calls are forgotten. @param now epoch milliseconds */
export function callFolders(sync: string, now: number): { readonly earlier: string; readonly current: string } {
  const start = Math.floor(now / LENGTH) * LENGTH
  const name = (time: number) => `${sync}.calls-${new Date(time).toISOString().slice(0, 10)}`
  return { earlier: name(start - LENGTH), current: name(start) }
}

/** Whether a folder of the run store is one of these and not a run. */
export function isCallFolder(name: string): boolean {
  return FOLDER.test(name)
}

/** Whether no call can be found in the folder any more. */
export function isForgotten(name: string, now: number): boolean {
  const [, day] = FOLDER.exec(name) ?? []
  return day !== undefined && Date.parse(day) + 2 * LENGTH <= now
}
