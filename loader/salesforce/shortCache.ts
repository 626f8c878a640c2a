/** Caches the result of `load` by key for `milliseconds`; concurrent callers share one call, and failures are not cached. */
export function shortCache<Value>(
  milliseconds: number,
  load: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const entries = new Map<string, { readonly value: Promise<Value>; readonly until: number }>()
  return key => {
    const known = entries.get(key)
    if (known && Date.now() < known.until) return known.value
    const value = load(key)
    entries.set(key, { value, until: Date.now() + milliseconds })
    value.catch(() => entries.delete(key))
    return value
  }
}

/** Like shortCache, for a single value. */
export function remembered<Value>(milliseconds: number, load: () => Promise<Value>): () => Promise<Value> {
  const cache = shortCache(milliseconds, load)
  return () => cache('')
}
