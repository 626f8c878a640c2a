// What a run's page shows from the start: what it loads, and who started it.

import type { FieldMapping, SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { code, plain, table } from './markdown.ts'
import { asDetails } from './summaries.ts'

/** @param startedBy a sentence such as "Started by `sflink sync run nightly`." @param runId undefined while it is unknown */
export function startDetails(spec: SyncSpec, startedBy: string, runId?: string): string {
  const rows = Object.entries(spec.fields).map(([field, mapping]) => [plain(field), sourceOf(mapping)])
  const { keyField, externalIdField, maxRejected } = spec
  const facts = [
    ...(keyField === undefined ? [] : [`Existing records are found by ${code(keyField)}.`]),
    ...(externalIdField === undefined ? [] : [`Upsert by the External ID field ${code(externalIdField)}.`]),
    ...(maxRejected === undefined
      ? []
      : [`Nothing is sent if more than ${maxRejected} records are rejected before sending.`]),
  ]
  const results = runId === undefined ? '' : ` Results: ${code(`sflink sync results ${runId}`)}`
  return asDetails([`${startedBy}${results}`, facts.join(' '), table([`Field of ${plain(spec.object)}`, 'From'], rows)])
}

function sourceOf(mapping: FieldMapping): string {
  return 'column' in mapping ? `column ${code(mapping.column)}` : `always ${code(mapping.value)}`
}
