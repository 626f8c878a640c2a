import type { TrafficObserver } from '../../loader/salesforce/traffic.ts'

/** All of them as one; undefined when there is none. */
export function togetherObserving(observers: readonly (TrafficObserver | undefined)[]): TrafficObserver | undefined {
  const all = observers.filter(observer => observer !== undefined)
  if (all.length === 0) return undefined
  return {
    onRequest: request => {
      const ends = all.map(observer => observer.onRequest(request))
      return end => {
        for (const each of ends) each(end)
      }
    },
    onCut: request => {
      for (const observer of all) observer.onCut(request)
    },
  }
}
