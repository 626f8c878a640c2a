/**
 * How a lookup is mapped by any field of the parent, for messages: `AccountId: { lookup: Account, by: Name, from: company }`.
 * @param column the column of the source; blank for a constant
 */
export function lookupForm(target: string, objects: readonly string[], by: string, column: string): string {
  const named = column === '' ? 'COLUMN' : column
  const from = /^\w+$/.test(named) ? named : JSON.stringify(named)
  const lookup = objects.length === 1 ? objects.join() : `[${objects.join(', ')}]`
  return `${target}: { lookup: ${lookup}, by: ${by}, from: ${from} }`
}
