/** The elements of an array with one dimension as PostgreSQL writes it, such as `{a,"b c",NULL}`; undefined when it has more. */
export function readArrayText(text: string, delimiter: string): readonly (string | undefined)[] | undefined {
  // An array whose first index is not 1 has its bounds before it: [2:4]={1,2,3}
  let at = text.indexOf('{') + 1
  const elements: (string | undefined)[] = []
  if (text[at] === '}') return elements
  for (;;) {
    if (text[at] === '{') return undefined
    const { value, end } = text[at] === '"' ? quoted(text, at + 1) : bare(text, at, delimiter)
    elements.push(value)
    if (text[end] !== delimiter) return elements
    at = end + 1
  }
}

type Element = { readonly value: string | undefined; readonly end: number }

/** @param start after the quote. The end is after the closing one. */
function quoted(text: string, start: number): Element {
  let value = ''
  let at = start
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\') at++
    value += text[at] ?? ''
  }
  return { value, end: at + 1 }
}

function bare(text: string, start: number, delimiter: string): Element {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '}') end++
  const value = text.slice(start, end)
  return { value: value === 'NULL' ? undefined : value, end }
}
