// What a run does with records, and through which API of Salesforce.

export const OPERATIONS = ['create', 'update', 'upsert'] as const
export type Operation = (typeof OPERATIONS)[number]

/** `bulk` is Bulk API 2.0, `collections` is sObject Collections. */
export const ENGINES = ['bulk', 'collections'] as const
export type Engine = (typeof ENGINES)[number]
