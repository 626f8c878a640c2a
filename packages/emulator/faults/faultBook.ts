import { type Random, seededRandom } from '../random.ts'
import type { Fault, FaultMatch, FaultRule } from './rule.ts'

/** A request, or the processing of an ingest job: a fault can apply to both. */
export type FaultEvent = {
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly object: string | undefined
}

/** A fault that applies to an event, with the random numbers of its rule. */
export type FiredFault = { readonly fault: Fault; readonly random: Random }

type Entry = {
  readonly id: string
  readonly rule: FaultRule
  readonly path: RegExp | undefined
  readonly random: Random
  matches: number
  hits: number
}

function pathPattern(path: string | RegExp | undefined): RegExp | undefined {
  if (path === undefined || path instanceof RegExp) return path
  if (path.startsWith('^')) return new RegExp(path)
  const literal = path.split('*').map(part => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`)
}

function sameText(wanted: string | undefined, given: string | undefined) {
  return wanted === undefined || wanted.toLowerCase() === given?.toLowerCase()
}

function isMatch(match: FaultMatch, path: RegExp | undefined, event: FaultEvent): boolean {
  return (
    sameText(match.method, event.method) &&
    sameText(match.operation, event.operation) &&
    sameText(match.object, event.object) &&
    (path === undefined || path.test(event.path))
  )
}

function isHit(entry: Entry): boolean {
  const { after = 0, times = Number.POSITIVE_INFINITY, probability = 1 } = entry.rule
  if (entry.matches <= after || entry.hits >= times) return false
  return probability >= 1 || entry.random() < probability
}

/** The faults on demand of an emulator. Rules are checked in the order of their addition; several may apply to one event. */
export class FaultBook {
  #entries: Entry[] = []
  #lastId = 0

  /** Adds a rule and returns its id. */
  add(rule: FaultRule): string {
    this.#lastId += 1
    const id = String(this.#lastId)
    const random = seededRandom(rule.seed ?? 1)
    this.#entries.push({ id, rule, path: pathPattern(rule.match?.path), random, matches: 0, hits: 0 })
    return id
  }

  remove(id: string): void {
    this.#entries = this.#entries.filter(entry => entry.id !== id)
  }

  clear(): void {
    this.#entries = []
  }

  list(): readonly {
    readonly id: string
    readonly rule: FaultRule
    readonly matches: number
    readonly hits: number
  }[] {
    return this.#entries.map(({ id, rule, matches, hits }) => ({ id, rule, matches, hits }))
  }

  /** The faults that apply to this event. Every call counts as one match of the rules that match. */
  applyTo(event: FaultEvent): readonly FiredFault[] {
    return this.#entries.flatMap(entry => {
      if (!isMatch(entry.rule.match ?? {}, entry.path, event)) return []
      entry.matches += 1
      if (!isHit(entry)) return []
      entry.hits += 1
      return [{ fault: entry.rule.fault, random: entry.random }]
    })
  }
}
