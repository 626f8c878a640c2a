/** Up to this version the API answers 410 Gone. */
export const LAST_RETIRED_VERSION = 30

const NEWEST_VERSION = 68

/** The API versions that the emulated org serves by default: Summer '14 to Winter '27, as orgs do until Summer '28. */
export const DEFAULT_API_VERSIONS: readonly string[] = Array.from(
  { length: NEWEST_VERSION - LAST_RETIRED_VERSION },
  (_, index) => `${LAST_RETIRED_VERSION + 1 + index}.0`,
)

const SEASONS = ['Winter', 'Spring', 'Summer']

// Three releases a year; version 50.0 was Winter '21.
function releaseLabel(version: string): string {
  const releases = Number(version) - 50
  const season = SEASONS[((releases % 3) + 3) % 3]
  return `${season} '${String(21 + Math.floor(releases / 3)).padStart(2, '0')}`
}

/** The answer of `GET /services/data`. */
export function versionsBody(versions: readonly string[]) {
  return versions.map(version => ({ label: releaseLabel(version), url: `/services/data/v${version}`, version }))
}
