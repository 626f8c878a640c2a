/** One stream of a merge, in ascending order of rows. */
export type RowStream<T> = {
  /** The stream is opened when the merge gets to this row, so that few are open at a time. */
  readonly firstRow: number
  readonly open: () => AsyncIterable<readonly T[]>
}

type Head<T> = { readonly iterator: AsyncIterator<readonly T[]>; batch: readonly T[]; at: number; row: number }

// Items per batch: one promise for each item would take more time than all other work.
const BATCH = 1_000

/**
 * Merges streams of results, each in row order, into one in row order. Items are read and returned in batches. Streams that overlap
 * are open at once; of the others one after another.
 */
export async function* mergeByRow<T extends { readonly row: number }>(
  streams: readonly RowStream<T>[],
): AsyncGenerator<readonly T[]> {
  const waiting = streams.toSorted((one, other) => other.firstRow - one.firstRow)
  const open: Head<T>[] = []
  let out: T[] = []
  try {
    for (;;) {
      await openDue(waiting, open)
      const head = lowest(open)
      if (!head) break
      const limit = Math.min(secondLowest(open, head), waiting.at(-1)?.firstRow ?? Number.POSITIVE_INFINITY)
      out = takeUpTo(head, limit, out)
      if (head.at === head.batch.length && !(await advance(head))) open.splice(open.indexOf(head), 1)
      if (out.length < BATCH) continue
      yield out
      out = []
    }
    if (out.length > 0) yield out
  } finally {
    // When the reader stops early, files must not stay open.
    await Promise.all(open.map(head => head.iterator.return?.()))
  }
}

async function openDue<T extends { readonly row: number }>(waiting: RowStream<T>[], open: Head<T>[]): Promise<void> {
  for (let next = waiting.at(-1); next; next = waiting.at(-1)) {
    if (open.some(head => head.row < (next as RowStream<T>).firstRow)) return
    waiting.pop()
    const head: Head<T> = { iterator: next.open()[Symbol.asyncIterator](), batch: [], at: 0, row: 0 }
    open.push(head)
    if (!(await advance(head))) open.pop()
  }
}

/** Items of one stream up to the next row of another stream. */
function takeUpTo<T extends { readonly row: number }>(head: Head<T>, limit: number, out: T[]): T[] {
  const { batch } = head
  for (; head.at < batch.length; head.at++) {
    const item = batch[head.at] as T
    head.row = item.row
    if (item.row > limit) break
    out.push(item)
  }
  return out
}

/** Gets the next batch that is not empty; false at the end of the stream. */
async function advance<T extends { readonly row: number }>(head: Head<T>): Promise<boolean> {
  for (;;) {
    const { done, value } = await head.iterator.next()
    if (done) return false
    const [first] = value
    if (!first) continue
    head.batch = value
    head.at = 0
    head.row = first.row
    return true
  }
}

function lowest<T>(heads: readonly Head<T>[]): Head<T> | undefined {
  let least: Head<T> | undefined
  for (const head of heads) if (!least || head.row < least.row) least = head
  return least
}

function secondLowest<T>(heads: readonly Head<T>[], least: Head<T>): number {
  let row = Number.POSITIVE_INFINITY
  for (const head of heads) if (head !== least && head.row < row) row = head.row
  return row
}
