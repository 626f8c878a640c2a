import { hostname } from 'node:os'

/**
 * What Temporal's UI calls a process by: `4711@host sflink worker load`.
 * @param part of the package, e.g. `worker load`
 */
export function identityOf(part: string): string {
  return `${process.pid}@${hostname()} sflink ${part}`
}
