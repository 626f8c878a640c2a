/** The name closest to what was given, for "did you mean"; undefined when none is close. Letter case does not count. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase()
  const farthest = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))
  let nearest: string | undefined
  let smallest = farthest + 1
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance >= smallest) continue
    smallest = distance
    nearest = name
  }
  return nearest
}

/** `; did you mean "X"?` or nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current[j] = Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
