import leven from 'leven'

/** Characters of a name that is compared: the time of a comparison grows with the square of the length. */
const LONGEST = 100
/** Every sign is one change away from every other one. */
const SHORTEST = 2
/** Names that are compared with a given one. */
const MAX_CANDIDATES = 2_000

/** The name closest to what was given; undefined when none is close. Letter case does not count. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > LONGEST || given.length < SHORTEST) return undefined
  const wanted = given.toLowerCase()
  const maxDistance = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  const ranked = names
    .slice(0, MAX_CANDIDATES)
    .filter(name => Math.abs(name.length - wanted.length) <= maxDistance)
    .map(name => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= maxDistance)
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}

export const SUGGESTION = '; did you mean "'

/** `; did you mean "X"?`, or an empty text. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names)
  return nearest === undefined ? '' : `${SUGGESTION}${nearest}"?`
}

/** Two letters that changed places count as one mistake. */
const distanceOf = (given: string, name: string): number =>
  Math.min(leven(given, name), letters(given) === letters(name) ? 1 : Number.POSITIVE_INFINITY)

const letters = (word: string): string => [...word].toSorted().join('')
