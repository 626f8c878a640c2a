// The undo of versions of documents, which Salesforce deletes with their document only.
import { DOCUMENT } from '../../plan/fileFields.ts'
import { type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Way } from './undoTable.ts'
import type { WrittenRecord } from './writtenRecords.ts'

/** Finds the documents of the versions that a run has created. */
export class VersionDocuments {
  readonly #salesforce: SalesforceConnection
  readonly #plan: SyncPlan
  readonly #signal: AbortSignal
  /** Of the latest batch: Ids of documents by those of versions. */
  #documents = new Map<string, string>()

  /** @param plan of the run that has created the versions */
  constructor(salesforce: SalesforceConnection, plan: SyncPlan, signal: AbortSignal) {
    this.#salesforce = salesforce
    this.#plan = plan
    this.#signal = signal
  }

  /** Reads the documents of a batch, which `wayBack` uses. */
  async find(batch: readonly WrittenRecord[]): Promise<void> {
    const values = batch.flatMap(({ result: { outcome, id } }) => (outcome === 'created' ? [id] : []))
    const documents = new Map<string, string>()
    if (values.length > 0) {
      await this.#salesforce.queryByKeys({
        object: this.#plan.object,
        key: this.#plan.idField,
        fields: ['Id', DOCUMENT.lookup],
        values,
        signal: this.#signal,
        take: record => void documents.set(String(record['Id']), String(record[DOCUMENT.lookup])),
      })
    }
    this.#documents = documents
  }

  /** What deletes the document of a version, if the version is still its latest one. undefined when the run has written nothing. */
  wayBack({ result: { outcome, id }, sent }: WrittenRecord): Way | undefined {
    if (outcome === 'in_doubt') {
      const problem =
        'It is not known whether the run created this version; its document was left as it is. Check it in the org'
      return { operation: 'delete', problem }
    }
    if (outcome !== 'created') return undefined
    const cellOf = (field: string) =>
      sent?.[wireColumns(this.#plan, 'create').findIndex(({ name }) => name === field)] ?? ''
    if (cellOf(DOCUMENT.lookup) !== '') {
      const problem =
        'The run added this version to a document that existed, and Salesforce deletes a version only with its document; the document was left as it is'
      return { operation: 'delete', problem }
    }
    const written = [
      [DOCUMENT.latestVersion, id],
      [DOCUMENT.title, cellOf(DOCUMENT.title)],
    ] as const
    // A version that the org no longer has was deleted with its document, which is not found then.
    return { operation: 'delete', restored: new Map(), written: new Map(written), id: this.#documents.get(id) ?? id }
  }
}
