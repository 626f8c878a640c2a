/** Consecutive items of a stream, with the row of each in ascending order. */
export type RowBatch = { readonly count: number; readonly rows: ArrayLike<number> }

/** One stream of a merge, in ascending order of rows. */
export type RowStream<Batch extends RowBatch> = {
  /** The stream is opened when the merge gets to this row, so that few are open at a time. */
  readonly firstRow: number
  readonly open: () => AsyncIterable<Batch>
}

/** The items of a batch from `from` to before `to`. */
export type RowRange<Batch extends RowBatch> = { readonly batch: Batch; readonly from: number; readonly to: number }

type Head<Batch extends RowBatch> = {
  readonly iterator: AsyncIterator<Batch>
  /** undefined before the first batch. */
  batch: Batch | undefined
  at: number
  /** Row of the next item. */
  row: number
}

/**
 * Merges streams of results, each in row order, into one in row order. Items are read in batches, and returned as ranges of them, which
 * are valid until the next ones are requested. Streams that overlap are open at once; of the others one after another.
 */
export async function* mergeByRow<Batch extends RowBatch>(
  streams: readonly RowStream<Batch>[],
): AsyncGenerator<readonly RowRange<Batch>[]> {
  const waiting = streams.toSorted((one, other) => other.firstRow - one.firstRow)
  const open: Head<Batch>[] = []
  let ranges: RowRange<Batch>[] = []
  try {
    for (;;) {
      await openDue(waiting, open)
      const head = lowest(open)
      if (head?.batch === undefined) break
      const limit = Math.min(secondLowest(open, head), waiting.at(-1)?.firstRow ?? Number.POSITIVE_INFINITY)
      ranges.push(takeUpTo(head, head.batch, limit))
      if (head.at < head.batch.count) continue
      // Before the memory of the batch is used again.
      yield ranges
      ranges = []
      if (!(await advance(head))) open.splice(open.indexOf(head), 1)
    }
  } finally {
    // When the reader stops early, files must not stay open.
    await Promise.all(open.map(head => head.iterator.return?.()))
  }
}

async function openDue<Batch extends RowBatch>(waiting: RowStream<Batch>[], open: Head<Batch>[]): Promise<void> {
  for (let next = waiting.at(-1); next; next = waiting.at(-1)) {
    if (open.some(head => head.row < (next as RowStream<Batch>).firstRow)) return
    waiting.pop()
    const head: Head<Batch> = { iterator: next.open()[Symbol.asyncIterator](), batch: undefined, at: 0, row: 0 }
    open.push(head)
    if (!(await advance(head))) open.pop()
  }
}

/** Items of one stream up to the next row of another stream. */
function takeUpTo<Batch extends RowBatch>(head: Head<Batch>, batch: Batch, limit: number): RowRange<Batch> {
  const { count, rows } = batch
  const from = head.at
  let to = count
  if ((rows[count - 1] as number) > limit) {
    to = from + 1
    while ((rows[to] as number) <= limit) to += 1
  }
  head.at = to
  head.row = rows[to] ?? head.row
  return { batch, from, to }
}

/** Gets the next batch that is not empty; false at the end of the stream. */
async function advance<Batch extends RowBatch>(head: Head<Batch>): Promise<boolean> {
  for (;;) {
    const { done, value } = await head.iterator.next()
    if (done) return false
    if (value.count === 0) continue
    head.batch = value
    head.at = 0
    head.row = value.rows[0] as number
    return true
  }
}

function lowest<Batch extends RowBatch>(heads: readonly Head<Batch>[]): Head<Batch> | undefined {
  let least: Head<Batch> | undefined
  for (const head of heads) if (!least || head.row < least.row) least = head
  return least
}

function secondLowest<Batch extends RowBatch>(heads: readonly Head<Batch>[], least: Head<Batch>): number {
  let row = Number.POSITIVE_INFINITY
  for (const head of heads) if (head !== least && head.row < row) row = head.row
  return row
}
