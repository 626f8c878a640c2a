// The order in which the objects of SFDMU are loaded: parents before their children, as SFDMU does by itself.

export type OrderedLoad = {
  readonly name: string
  readonly object: string
  /** Objects that its lookups lead to. */
  readonly parents: readonly string[]
}

/** The names of the loads; those that are parents of each other stay in the order of the script. */
export function parentsFirst(loads: readonly OrderedLoad[]): readonly string[] {
  const left = [...loads]
  const names: string[] = []
  while (left.length > 0) {
    const isWaiting = ({ parents, object }: OrderedLoad) =>
      left.some(other => other.object !== object && parents.includes(other.object))
    const next = left.find(load => !isWaiting(load)) ?? (left[0] as OrderedLoad)
    left.splice(left.indexOf(next), 1)
    names.push(next.name)
  }
  return names
}
