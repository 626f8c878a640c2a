// Files: versions, their documents, and the records that they are shared with.
import type { Writer } from '../records/auditColumns.ts'
import { bodyOfKey } from '../records/fileBodies.ts'
import { insertNamed, updateNamed } from '../records/namedValues.ts'
import type { Org } from '../records/org.ts'
import { fieldValue } from '../records/recordView.ts'
import type { Table } from '../records/table.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { lockedFields, missingFields } from './writePlan.ts'

type Member = { readonly table: Table; readonly place: number }
type Undo = () => void

/** A record before it is written. */
type Write = {
  /** Undefined for a new record. */
  readonly place: number | undefined
  /** The value after the write. */
  readonly cellOf: (fieldName: string) => string
}

/** Largest content by the object; https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm */
const MAX_CONTENT_BYTES: Readonly<Record<string, { readonly field: string; readonly bytes: number }>> = {
  ContentVersion: { field: 'VersionData', bytes: 2 * 1024 ** 3 },
  Attachment: { field: 'Body', bytes: 500 * 1024 ** 2 },
}

function tableNamed(org: Org, name: string): Table {
  const table = org.table(name)
  if (table === undefined) throw new Error(`The schema of an emulated org needs the object ${name}`)
  return table
}

/** The live records of an object that refer to a record. */
function referring(table: Table, fieldName: string, id: string): readonly number[] {
  const field = table.schema.fieldsByName.get(fieldName.toLowerCase())
  return field === undefined ? [] : table.placesWith(field, id).filter(place => table.isLive(place))
}

function latestVersion(versions: Table, documentId: string): number | undefined {
  return referring(versions, 'ContentDocumentId', documentId).find(place => versions.text(place, 'IsLatest') === 'true')
}

function tooLarge({ schema }: Table, { cellOf }: Write): RecordError | undefined {
  const limit = MAX_CONTENT_BYTES[schema.name]
  if (limit === undefined || bodyOfKey(cellOf(limit.field)).bytes <= limit.bytes) return undefined
  const label = schema.fieldsByName.get(limit.field.toLowerCase())?.label ?? limit.field
  const message = `${label}: data value too large: (max length=${limit.bytes})`
  return recordError('STRING_TOO_LONG', message, [limit.field])
}

function rejectedVersion(versions: Table, { place, cellOf }: Write): RecordError | undefined {
  if (place !== undefined) {
    if (versions.text(place, 'IsLatest') === 'true') return undefined
    const message =
      'You cannot update a version that is not the latest version of a document. Please use the latest version of document'
    return recordError('FIELD_INTEGRITY_EXCEPTION', message, [])
  }
  const isLink = cellOf('ContentUrl') !== ''
  const missing = isLink ? [] : ['PathOnClient', 'VersionData'].filter(name => cellOf(name) === '')
  if (missing.length > 0) return missingFields(missing)
  const isFirst = cellOf('ContentDocumentId') === ''
  return !isFirst && cellOf('FirstPublishLocationId') !== '' ? lockedFields(['FirstPublishLocationId']) : undefined
}

function rejectedLink(links: Table, { place, cellOf }: Write): RecordError | undefined {
  if (place !== undefined) return undefined
  const [documentId, entityId] = [cellOf('ContentDocumentId'), cellOf('LinkedEntityId')]
  const isLinked = referring(links, 'LinkedEntityId', entityId).some(
    other => links.text(other, 'ContentDocumentId') === documentId,
  )
  if (!isLinked) return undefined
  const message = `Document with ID: ${documentId.slice(0, 15)} is already linked with the entity with ID: ${entityId.slice(0, 15)}`
  return recordError('DUPLICATE_VALUE', message, ['LinkedEntityId'])
}

/** The error of a file or a link that the org does not accept. */
export function rejectedFile(table: Table, write: Write): RecordError | undefined {
  switch (table.schema.name) {
    case 'ContentVersion':
      return rejectedVersion(table, write) ?? tooLarge(table, write)
    case 'ContentDocumentLink':
      return rejectedLink(table, write)
    case 'Attachment':
      return tooLarge(table, write)
    default:
      return undefined
  }
}

/** The values that a document copies from its latest version. */
const OF_LATEST = ['Title', 'Description', 'FileType', 'FileExtension', 'ContentSize', 'PublishStatus', 'OwnerId']

function valuesOfLatest(org: Org, { table, place }: Member) {
  const copied = OF_LATEST.map(name => [name, String(fieldValue(table, place, name, org.userId) ?? '')] as const)
  return { ...Object.fromEntries(copied), LatestPublishedVersionId: table.idOf(place) }
}

function createDocument(org: Org, version: Member, writer: Writer): { readonly id: string; readonly undo: Undo } {
  const [documents, links] = [tableNamed(org, 'ContentDocument'), tableNamed(org, 'ContentDocumentLink')]
  const document = insertNamed(documents, valuesOfLatest(org, version), writer)
  const ContentDocumentId = documents.idOf(document)
  const owner = documents.text(document, 'OwnerId')
  const location = version.table.text(version.place, 'FirstPublishLocationId')
  const shared = [
    // Every file is shared with its owner.
    [owner, 'I'],
    ...(location === '' || location === owner ? [] : [[location, 'V']]),
  ] as const
  const places = shared.map(([LinkedEntityId = '', ShareType = '']) =>
    insertNamed(links, { LinkedEntityId, ContentDocumentId, ShareType, Visibility: 'AllUsers' }, writer),
  )
  return {
    id: ContentDocumentId,
    undo: () => {
      for (const place of places) links.forget(place)
      documents.forget(document)
    },
  }
}

/** The document gets the values of a version. */
function followVersion(org: Org, version: Member, writer: Writer): Undo {
  const documents = tableNamed(org, 'ContentDocument')
  const document = documents.placeOf(version.table.text(version.place, 'ContentDocumentId'))
  if (document === undefined) return () => undefined
  return updateNamed(documents, document, valuesOfLatest(org, version), writer)
}

/** The version becomes the latest one of its document, which the first version creates. */
function publish(org: Org, version: Member, writer: Writer): Undo {
  const { table, place } = version
  const documentId = table.text(place, 'ContentDocumentId')
  if (documentId === '') {
    const { id: ContentDocumentId, undo } = createDocument(org, version, writer)
    updateNamed(table, place, { ContentDocumentId, IsLatest: 'true', VersionNumber: '1' }, writer)
    return undo
  }
  const VersionNumber = String(referring(table, 'ContentDocumentId', documentId).length)
  const before = latestVersion(table, documentId)
  updateNamed(table, place, { IsLatest: 'true', VersionNumber }, writer)
  const replaced = before === undefined ? undefined : updateNamed(table, before, { IsLatest: 'false' }, writer)
  const followed = followVersion(org, version, writer)
  return () => {
    followed()
    replaced?.()
  }
}

/**
 * Writes the records that follow from the write of a version: its document and the links of that. Returns the function that undoes it;
 * undefined when none follow.
 */
export function writtenWithFile(
  org: Org,
  member: Member,
  how: 'created' | 'updated',
  writer: Writer,
): Undo | undefined {
  if (member.table.schema.name !== 'ContentVersion') return undefined
  return how === 'created' ? publish(org, member, writer) : followVersion(org, member, writer)
}
