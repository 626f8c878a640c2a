/**
 * Names by which SQL can tell columns apart: it does not distinguish letter case. Of columns with equal names each gets its number, so that
 * a statement does not read one of them by chance; a column without a name is `column3`.
 */
export function columnNames(header: readonly string[]): string[] {
  const counts = Map.groupBy(header, name => name.toLowerCase())
  const isEqual = (name: string) => (counts.get(name.toLowerCase())?.length ?? 0) > 1
  const taken = new Set(header.filter(name => name !== '' && !isEqual(name)).map(name => name.toLowerCase()))
  return header.map((name, index) => {
    if (name !== '' && !isEqual(name)) return name
    const base = name === '' ? 'column' : `${name}_`
    let number = index + 1
    while (taken.has(`${base}${number}`.toLowerCase())) number += header.length
    taken.add(`${base}${number}`.toLowerCase())
    return `${base}${number}`
  })
}
