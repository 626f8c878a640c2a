// After a create whose answer was lost: which records the org has, which are provably absent, and which are undecidable.

export type LostRow = {
  /** The caller's own number for the record. */
  readonly index: number
  /** Comparison keys by column; undefined when nothing was sent, so that the org may have set a value. */
  readonly keys: readonly (string | undefined)[]
  /** Whether the run has an equal record outside this request: then a found record may be that record. */
  readonly equalElsewhere: boolean
}

/** A record that the integration user has created since the request was sent, and that no other answer of the run accounts for. */
export type Candidate = { readonly id: string; readonly keys: readonly string[] }

export type LostDecision = {
  /** index -> record Id */
  readonly found: ReadonlyMap<number, string>
  /** Not in the org, and no record there resembles them. */
  readonly absent: readonly number[]
  readonly undecided: readonly number[]
}

/** Share of a record's sent columns from which a leftover record may be that record, rewritten by the org's own automation. */
const RESEMBLANCE = 0.5

/**
 * Matches the records of one request with the records in the org. Equal records are interchangeable, so any of them may match any of the
 * records found; the most detailed ones choose first.
 */
export function decideLost(rows: readonly LostRow[], candidates: readonly Candidate[]): LostDecision {
  const found = new Map<number, string>()
  const left = new Set(candidates)
  const missing: LostRow[] = []
  for (const row of [...rows].sort((a, b) => detail(b) - detail(a))) {
    const match = row.equalElsewhere ? undefined : closest(row, left)
    if (match === undefined) {
      missing.push(row)
      continue
    }
    left.delete(match)
    found.set(row.index, match.id)
  }
  const undecided = missing.filter(row => row.equalElsewhere || [...left].some(one => resembles(row, one)))
  const doubtful = new Set(undecided)
  const absent = missing.filter(row => !doubtful.has(row))
  return { found, absent: indexes(absent), undecided: indexes(undecided) }
}

const indexes = (rows: readonly LostRow[]): number[] => rows.map(row => row.index).sort((a, b) => a - b)

const detail = (row: LostRow): number => row.keys.filter(key => key !== undefined).length

/** Returns the record that matches in every column sent and has the fewest other values. */
function closest(row: LostRow, candidates: Iterable<Candidate>): Candidate | undefined {
  let best: Candidate | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (agreeing(row, candidate) < detail(row)) continue
    const beyond = candidate.keys.filter((key, column) => key !== '' && row.keys[column] === undefined).length
    if (beyond >= fewest) continue
    best = candidate
    fewest = beyond
  }
  return best
}

const agreeing = (row: LostRow, candidate: Candidate): number =>
  row.keys.filter((key, column) => key !== undefined && key === candidate.keys[column]).length

const resembles = (row: LostRow, candidate: Candidate): boolean =>
  detail(row) > 0 && agreeing(row, candidate) >= detail(row) * RESEMBLANCE
