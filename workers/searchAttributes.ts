// The search attributes of a Temporal namespace: which exist, and the registration of those that are missing.
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../packages/client/contract/searchAttributes.ts'

/** Temporal's numbers of its types (`IndexedValueType`). */
const TYPES = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'] as const
const KEYWORD = TYPES.indexOf('Keyword')

/** The part of Temporal's operator service used here; clients and workers both have it. */
export type SearchAttributeService = {
  listSearchAttributes(request: {
    readonly namespace: string
  }): Promise<{ readonly customAttributes?: Readonly<Record<string, number>> | null }>
  addSearchAttributes(request: {
    readonly namespace: string
    readonly searchAttributes: Record<string, number>
  }): Promise<unknown>
}

export type AttributesThere = {
  readonly registered: readonly SearchAttribute[]
  readonly missing: readonly SearchAttribute[]
  /** Registered under our name with a different type. */
  readonly otherwise: readonly { readonly name: SearchAttribute; readonly type: string }[]
}

/** Rejects as the service does, for instance without permission. */
export async function attributesThere(service: SearchAttributeService, namespace: string): Promise<AttributesThere> {
  const there = (await service.listSearchAttributes({ namespace })).customAttributes ?? {}
  const otherwise = SEARCH_ATTRIBUTES.filter(name => ![undefined, KEYWORD].includes(there[name]))
  return {
    registered: SEARCH_ATTRIBUTES.filter(name => there[name] === KEYWORD),
    missing: SEARCH_ATTRIBUTES.filter(name => there[name] === undefined),
    otherwise: otherwise.map(name => ({ name, type: TYPES[there[name] ?? 0] ?? 'another' })),
  }
}

/** Rejects as the service does, for instance when the namespace has no free attributes. */
export async function registerAttributes(
  service: SearchAttributeService,
  namespace: string,
  names: readonly SearchAttribute[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map(name => [name, KEYWORD]))
  await service.addSearchAttributes({ namespace, searchAttributes })
}

/** Milliseconds that an answer is cached: `sflink setup` may run while a worker is running. */
const FRESH = 60_000

/** Asks at most once a minute, and only when a run begins. Unknown attributes count as not registered. */
export function registeredAttributes(
  service: SearchAttributeService,
  namespace: string,
): () => Promise<readonly SearchAttribute[]> {
  let known: { readonly at: number; readonly names: Promise<readonly SearchAttribute[]> } | undefined
  return () => {
    if (known === undefined || Date.now() - known.at > FRESH) {
      const names = attributesThere(service, namespace).then(
        ({ registered }) => registered,
        () => [],
      )
      known = { at: Date.now(), names }
    }
    return known.names
  }
}
