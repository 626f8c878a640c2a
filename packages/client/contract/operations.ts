// What a run does with records, through which API of Salesforce, and how it ends.

export const OPERATIONS = ['create', 'update', 'upsert', 'delete'] as const
export type Operation = (typeof OPERATIONS)[number]

/** `bulk` is Bulk API 2.0, `collections` is sObject Collections. */
export const ENGINES = ['bulk', 'collections'] as const
export type Engine = (typeof ENGINES)[number]

export const RUN_OUTCOMES = ['completed', 'completed_with_rejected', 'skipped', 'cancelled', 'failed'] as const

/** Bytes of JSON in an inline source: Temporal rejects a payload of 2 MB and warns long before. */
export const MAX_INLINE_BYTES = 1_000_000

/** Records above which `engine: auto` selects Bulk API 2.0, as Salesforce recommends. */
export const BULK_ABOVE_RECORDS = 2_000
