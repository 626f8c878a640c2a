import type { WorkflowHandle } from '@temporalio/client'

/** What stands in a history, event by event, payloads as text. */
export async function eventTexts(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory()
  return (events ?? []).map(event => JSON.stringify(readable(event)))
}

/** JSON.stringify alone would write bytes as numbers: a Buffer turns itself into those before any replacer sees it. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]))
}
