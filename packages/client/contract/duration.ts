const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/

/** Milliseconds of `500ms`, `5s`, `10m`, `1.5h`, `90d`; undefined when the text is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim())
  if (!match) return undefined
  const unit = UNITS[match[2] ?? '']
  return unit === undefined ? undefined : Math.round(Number(match[1]) * unit)
}

/** Formats milliseconds in the largest whole unit: `24h`, `90s`. */
export function writtenDuration(milliseconds: number): string {
  const fitting = Object.entries(UNITS).findLast(([, unit]) => milliseconds % unit === 0 && milliseconds >= unit)
  return fitting === undefined ? `${milliseconds}ms` : `${milliseconds / fitting[1]}${fitting[0]}`
}
