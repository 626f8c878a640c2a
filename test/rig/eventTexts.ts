import type { WorkflowHandle } from '@temporalio/client'

/** The events of a history as JSON, with payloads as text. */
export async function eventTexts(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory()
  return (events ?? []).map(event => JSON.stringify(readable(event)))
}

/** JSON.stringify alone writes bytes as numbers: a Buffer converts itself before the replacer runs. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]))
}
