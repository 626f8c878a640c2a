// What stands on a run's page from the start: what it is to do, and who started it.

import { cutToBytes } from '../../loader/spec/runTitle.ts'
import type { FieldMapping, SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { code, plain, table } from './markdown.ts'

/** Most bytes that Temporal takes. */
const DETAILS_BYTES = 20_000

/** @param startedBy a sentence such as "Started by `sflink sync run nightly`." @param runId undefined while it is not known */
export function startDetails(spec: SyncSpec, startedBy: string, runId?: string): string {
  const rows = Object.entries(spec.fields).map(([field, mapping]) => [plain(field), sourceOf(mapping)])
  const { keyField, externalIdField, maxRejected } = spec
  const facts = [
    ...(keyField === undefined ? [] : [`Existing records are found by ${code(keyField)}.`]),
    ...(externalIdField === undefined ? [] : [`Upsert by the External ID field ${code(externalIdField)}.`]),
    ...(maxRejected === undefined ? [] : [`Nothing is sent when more than ${maxRejected} records can't be.`]),
  ]
  const results = runId === undefined ? '' : ` Results: ${code(`sflink sync results ${runId}`)}`
  const parts = [`${startedBy}${results}`, facts.join(' '), table([`Field of ${plain(spec.object)}`, 'From'], rows)]
  return cutToBytes(parts.filter(part => part !== '').join('\n\n'), DETAILS_BYTES)
}

function sourceOf(mapping: FieldMapping): string {
  return 'column' in mapping ? `column ${code(mapping.column)}` : `always ${code(mapping.value)}`
}
