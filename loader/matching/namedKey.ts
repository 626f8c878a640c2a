/** `LastName Aster and Email a@x.org`, as messages about a key have it. */
export function namedKey(fields: readonly string[], values: readonly string[]): string {
  return fields.map((field, index) => `${field} ${values[index] ?? ''}`).join(' and ')
}
