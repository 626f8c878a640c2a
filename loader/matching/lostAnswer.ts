// After a create whose answer was lost: which records the org has, which are provably absent, and which are undecidable.

/** Comparison keys by column; undefined when nothing was sent, so that the org may have set a value. */
export type SentKeys = readonly (string | undefined)[]

export type LostRow = {
  /** The caller's own number for the record. */
  readonly index: number
  readonly keys: SentKeys
}

/** A record that the integration user has created since the request was sent, and that no answer accounts for. */
export type Candidate = { readonly id: string; readonly keys: readonly string[] }

/** What else is known about the request and about the org. */
export type LostContext = {
  /** Column whose values are unique in the org; -1 when there is none. A record with another value of it is never the row's. */
  readonly uniqueColumn: number
  /** Keys of all records of the chunk: a value that most of them have does not tell records apart. */
  readonly all: readonly SentKeys[]
  /** Rows of other requests that may own a candidate, and are not interchangeable with rows of this one. */
  readonly rivals: readonly SentKeys[]
  /** Rows of other requests without an answer that take from the same candidates before this request. Equal rows are interchangeable. */
  readonly earlier: readonly SentKeys[]
  /** The same, after this request. */
  readonly later: readonly SentKeys[]
}

export type LostDecision = {
  /** index -> record Id */
  readonly found: ReadonlyMap<number, string>
  /** Not in the org, and no record there resembles them. */
  readonly absent: readonly number[]
  readonly undecided: readonly number[]
}

/** Equal rows. They are interchangeable, so they are only counted. */
type Group = { readonly keys: SentKeys; readonly indexes: readonly number[] }

/**
 * Decides by counting. A candidate is of a group of equal rows when it agrees in every value sent; the one with the fewest
 * other values is the closest.
 * - As many candidates as rows, or fewer: each is the record of a row. Rows left over are absent.
 * - Equal rows of earlier requests leave their share of the candidates; with fewer candidates than rows of both, none is decidable.
 * - More candidates than rows, equally close: another program creates equal records, and none of the rows is decidable.
 * - A candidate that another row of another request may own: undecidable.
 * - An absent row that a candidate left over resembles: undecidable, since the org's automation may have changed its values.
 */
export function decideLost(
  rows: readonly LostRow[],
  candidates: readonly Candidate[],
  context: LostContext,
): LostDecision {
  const found = new Map<number, string>()
  const undecided: number[] = []
  const missing: Group[] = []
  const left = new Set(candidates)
  const matchesOf = compileMatches(candidates)
  for (const group of groupsOf(rows)) {
    const matches = matchesOf(group.keys).filter(one => left.has(one))
    const { indexes, keys } = group
    const share = shareOf(group, matches, context)
    if (share === undefined) {
      undecided.push(...indexes)
      continue
    }
    for (const [place, index] of indexes.entries()) {
      const match = share[place]
      if (match === undefined) break
      found.set(index, match.id)
      left.delete(match)
    }
    if (share.length < indexes.length) missing.push({ keys, indexes: indexes.slice(share.length) })
  }
  const resembling = compileResemblance(left, context)
  const absent: number[] = []
  for (const { keys, indexes } of missing) {
    const doubtful = Math.min(resembling(keys), indexes.length)
    undecided.push(...indexes.slice(0, doubtful))
    absent.push(...indexes.slice(doubtful))
  }
  return { found, absent: absent.toSorted(ascending), undecided: undecided.toSorted(ascending) }
}

/** The matches that the rows of a group may take; undefined when they are not decidable. */
function shareOf(
  { keys, indexes }: Group,
  matches: readonly Candidate[],
  { rivals, earlier, later }: LostContext,
): readonly Candidate[] | undefined {
  if (matches.length === 0) return []
  const isOther = (row: SentKeys) => !isEqual(row, keys)
  const others = [...rivals, ...earlier.filter(isOther), ...later.filter(isOther)]
  if (matches.some(one => others.some(other => mayOwn(other, one, othersOf(keys, one))))) return undefined
  const equalIn = (rows: readonly SentKeys[]) => rows.length - rows.filter(isOther).length
  const before = equalIn(earlier)
  const rows = before + indexes.length
  if (hasSurplus(keys, matches, rows + equalIn(later))) return undefined
  if (before > 0 && matches.length < rows) return undefined
  return matches.slice(before)
}

const ascending = (one: number, other: number): number => one - other

/** Equal rows together; the rows with the most values choose first. */
function groupsOf(rows: readonly LostRow[]): readonly Group[] {
  const groups = Map.groupBy(rows, ({ keys }) => JSON.stringify(keys.map(key => key ?? null)))
  return [...groups.values()]
    .map(equal => ({ keys: equal[0]?.keys ?? [], indexes: equal.map(({ index }) => index) }))
    .toSorted((one, other) => detailOf(other.keys) - detailOf(one.keys))
}

const detailOf = (keys: SentKeys): number => keys.filter(key => key !== undefined).length

const isEqual = (one: SentKeys, other: SentKeys): boolean => one.every((key, column) => key === other[column])

const agrees = (keys: SentKeys, { keys: found }: Candidate): boolean =>
  keys.every((key, column) => key === undefined || key === found[column])

/** Values that the candidate has in columns without a sent value. */
const othersOf = (keys: SentKeys, candidate: Candidate): number =>
  candidate.keys.filter((key, column) => key !== '' && keys[column] === undefined).length

/** Whether a row of another request fits the candidate, and not worse than with `others` other values. */
const mayOwn = (row: SentKeys, candidate: Candidate, others: number): boolean =>
  agrees(row, candidate) && othersOf(row, candidate) <= others

/** Finds the candidates that agree in every value sent, the closest first. Rows with values in the same columns share an index. */
export function compileMatches(candidates: readonly Candidate[]): (keys: SentKeys) => readonly Candidate[] {
  const indexes = new Map<string, Map<string, Candidate[]>>()
  return keys => {
    const columns = keys.flatMap((key, column) => (key === undefined ? [] : [column]))
    const textOf = (values: SentKeys) => JSON.stringify(columns.map(column => values[column]))
    const name = columns.join()
    const index = indexes.get(name) ?? Map.groupBy(candidates, one => textOf(one.keys))
    indexes.set(name, index)
    const matches = columns.length === 0 ? candidates : (index.get(textOf(keys)) ?? [])
    return matches.toSorted((one, other) => othersOf(keys, one) - othersOf(keys, other) || (one.id < other.id ? -1 : 1))
  }
}

/** Whether the last row could have any of several candidates: then the org has more such records than were sent. */
function hasSurplus(keys: SentKeys, matches: readonly Candidate[], rows: number): boolean {
  const [last, next] = [matches[rows - 1], matches[rows]]
  return last !== undefined && next !== undefined && othersOf(keys, last) === othersOf(keys, next)
}

/** Share of what tells a row apart from which a leftover candidate may be its record, rewritten by the org's own automation. */
const RESEMBLANCE = 0.5

/** Counts the candidates left over that resemble a row: those that share at least half of what tells it apart from other rows. */
function compileResemblance(left: ReadonlySet<Candidate>, context: LostContext): (keys: SentKeys) => number {
  if (left.size === 0) return () => 0
  const weightOf = compileWeights(context.all)
  const byValue = context.all[0]?.map((_, column) => Map.groupBy(left, ({ keys }) => keys[column] ?? '')) ?? []
  return keys => {
    const weights = weightOf(keys)
    const enough = weights.reduce((sum, weight) => sum + weight, 0) * RESEMBLANCE
    const shared = new Map<Candidate, number>()
    for (const [column, weight] of weights.entries()) {
      if (weight === 0) continue
      for (const one of byValue[column]?.get(keys[column] ?? '') ?? []) shared.set(one, (shared.get(one) ?? 0) + weight)
    }
    const unique = keys[context.uniqueColumn]
    const isSame = (one: Candidate) => unique === undefined || one.keys[context.uniqueColumn] === unique
    return [...shared].filter(([one, weight]) => weight >= enough && isSame(one)).length
  }
}

/**
 * How much each value of a row tells it apart: nothing if all records of the chunk have it, the more the fewer have it. Where no value
 * tells the rows apart, all count the same.
 */
function compileWeights(all: readonly SentKeys[]): (keys: SentKeys) => readonly number[] {
  const counts = all[0]?.map((_, column) => {
    const count = new Map<string | undefined, number>()
    for (const keys of all) count.set(keys[column], (count.get(keys[column]) ?? 0) + 1)
    return count
  })
  return keys => {
    const weights = keys.map((key, column) =>
      key === undefined ? 0 : Math.log(all.length / (counts?.[column]?.get(key) ?? 1)),
    )
    return weights.some(weight => weight > 0) ? weights : keys.map(key => (key === undefined ? 0 : 1))
  }
}
