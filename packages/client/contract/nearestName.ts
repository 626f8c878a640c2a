import leven from 'leven'

/** `; did you mean "X"?` with the closest name, or nothing when none is close. Letter case does not count. */
export function didYouMean(given: string, names: readonly string[]): string {
  const wanted = given.toLowerCase()
  const maxDistance = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  const ranked = names
    .map(name => ({ name, distance: leven(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= maxDistance)
    .toSorted((a, b) => a.distance - b.distance)
  const [nearest] = ranked
  return nearest === undefined ? '' : `; did you mean "${nearest.name}"?`
}
