/** UTC, `YYYY-MM-DDTHH:mm:ss`, of epoch milliseconds: the form of results.csv. */
export function utcTimestamp(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 19)
}
