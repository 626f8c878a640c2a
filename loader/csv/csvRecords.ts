/**
 * Cuts CSV that we wrote ourselves (UTF-8, line feeds, quotes doubled) into its records without parsing them: each as it stands,
 * its line end left out, in batches. What is only handed on need not be taken apart.
 */
export async function* csvRecords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const block of bytes) {
    const text = rest + decoder.decode(block, { stream: true })
    const records = text.includes('"') ? cutQuoted(text) : text.split('\n')
    rest = records.pop() ?? ''
    if (records.length > 0) yield records
  }
  rest += decoder.decode()
  if (rest !== '') yield [rest]
}

/** The last item is the beginning of a record that goes on in the next block. */
function cutQuoted(text: string): string[] {
  const records: string[] = []
  let start = 0
  let isQuoted = false
  let seen = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) {
    if (hasOddQuotes(text, seen, end)) isQuoted = !isQuoted
    seen = end
    if (isQuoted) continue
    records.push(text.slice(start, end))
    start = end + 1
  }
  records.push(text.slice(start))
  return records
}

function hasOddQuotes(text: string, from: number, to: number): boolean {
  let isOdd = false
  for (let at = text.indexOf('"', from); at !== -1 && at < to; at = text.indexOf('"', at + 1)) isOdd = !isOdd
  return isOdd
}
