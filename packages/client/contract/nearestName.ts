import leven from 'leven'

/** The name closest to what was given; undefined when none is close. Letter case does not count. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase()
  const maxDistance = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  const ranked = names
    .map(name => ({ name, distance: leven(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= maxDistance)
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}

/** `; did you mean "X"?` or nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}
