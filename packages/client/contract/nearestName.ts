import leven from 'leven'

/** The name closest to the given one, for "did you mean"; undefined when no name is close. Ignores letter case. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase()
  const farthest = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  let nearest: string | undefined
  let smallest = farthest + 1
  for (const name of names) {
    const distance = leven(wanted, name.toLowerCase())
    if (distance >= smallest) continue
    smallest = distance
    nearest = name
  }
  return nearest
}

/** `; did you mean "X"?`, or an empty text. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}
