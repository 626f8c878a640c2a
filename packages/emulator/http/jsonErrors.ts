/** A position as the JSON parser of an org counts it. */
function location(text: string, offset: number): string {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return `at [line:${line}, column:${offset - before.lastIndexOf('\n')}]`
}

/** The offset of the character that JSON.parse names: its message has either the offset or the text around the character. */
function offsetIn(text: string, message: string): number {
  const stated = /at position (\d+)/.exec(message)?.[1]
  if (stated !== undefined) return Number(stated)
  const character = /^Unexpected token '(.)'/su.exec(message)?.[1]
  return character === undefined ? text.length : Math.max(0, text.indexOf(character))
}

/** The words of an org for a body that is not JSON, from the text and the message of JSON.parse. */
export function jsonProblem(text: string, message: string): string {
  const offset = offsetIn(text, message)
  const character = text.slice(offset, offset + 1)
  if (character === '') {
    const open = text.trimStart().startsWith('[') ? 'ARRAY' : 'OBJECT'
    return `Unexpected end-of-input: expected close marker for ${open} ${location(text, text.length)}`
  }
  const found = `Unexpected character ('${character}' (code ${character.charCodeAt(0)}))`
  const expected = message.includes('property name')
    ? 'was expecting double-quote to start field name'
    : "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
  return `${found}: ${expected} ${location(text, offset + 1)}`
}
