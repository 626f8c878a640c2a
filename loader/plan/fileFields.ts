// Fields of type base64, whose content are files. They are sent by one request for each record.
// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
import { type FileMapping, isFileMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import type { FilePart, PlannedField, SyncPlan } from './syncPlan.ts'

const MIB = 1024 ** 2

type FileObject = {
  /** The field with the content. */
  readonly field: string
  /** Bytes; Salesforce accepts no larger file by REST. */
  readonly maxBytes: number
  /** What fields get of the name, if they are not mapped. */
  readonly parts: Readonly<Record<string, FilePart>>
  /** The field that gives the file its name and type. */
  readonly name: string
  /** The field of an address in place of a content. */
  readonly link?: string
  /** Where the org shows the number of bytes. */
  readonly size: string
  /** Where the org shows the MD5 of the content, in hex. */
  readonly checksum?: string
}

const FILE_OBJECTS: Readonly<Record<string, FileObject>> = {
  ContentVersion: {
    field: 'VersionData',
    maxBytes: 2048 * MIB,
    parts: { PathOnClient: 'name', Title: 'title' },
    name: 'PathOnClient',
    link: 'ContentUrl',
    size: 'ContentSize',
    checksum: 'Checksum',
  },
  Attachment: { field: 'Body', maxBytes: 500 * MIB, parts: { Name: 'name' }, name: 'Name', size: 'BodyLength' },
  Document: {
    ...{ field: 'Body', maxBytes: 500 * MIB, parts: { Name: 'name' }, name: 'Name', link: 'Url', size: 'BodyLength' },
  },
}

const LOADED = Object.entries(FILE_OBJECTS)
  .map(([object, { field }]) => `${object}.${field}`)
  .join(', ')

/**
 * The object whose records are versions of documents. Salesforce deletes a version only with its document.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentversion.htm
 */
const VERSION_OBJECT = 'ContentVersion'

export const isOfVersions = ({ object }: Pick<SyncPlan, 'object'>): boolean => object === VERSION_OBJECT

/** The document of a version, and its fields that show whether the version is still the latest one. */
export const DOCUMENT = {
  object: 'ContentDocument',
  lookup: 'ContentDocumentId',
  latestVersion: 'LatestPublishedVersionId',
  title: 'Title',
} as const

/** The field of an object that has the content of a file. */
export const contentField = (object: string): string | undefined => FILE_OBJECTS[object]?.field

/** What is wrong with the mapping of a field of type base64, or of another one to a file; undefined when nothing is. */
export function fileProblem(
  object: string,
  { name, type }: FieldDescribe,
  mapping: PlannedField['mapping'],
): string | undefined {
  const isContent = FILE_OBJECTS[object]?.field === name
  if (isContent && isFileMapping(mapping)) return undefined
  if (isContent) return 'is the content of a file: write {file: COLUMN} for a column of paths, or {base64: COLUMN}'
  if (isFileMapping(mapping)) return `is of type ${type}; a file can be the content of ${LOADED}`
  return type === 'base64' ? `is of type base64; files are loaded into ${LOADED}` : undefined
}

/** The fields that get the name of a file because they are not mapped. */
export function namedByFile(describe: ObjectDescribe, fields: readonly PlannedField[]): readonly PlannedField[] {
  const content = fields.find(isContent)
  const { parts = {} } = FILE_OBJECTS[describe.name] ?? {}
  if (content === undefined || !('file' in content.mapping)) return []
  const { mapping } = content
  return Object.entries(parts).flatMap(([name, part]) => {
    const target = describe.fields.find(field => field.name === name)
    if (target === undefined || fields.some(field => field.name === name)) return []
    return [{ name, wireName: name, target, valueField: target, mapping, filePart: part }]
  })
}

/** What new files lack: their content, or a name, which a file in base64 does not have. */
export function missingPartProblems(
  object: string,
  fields: readonly PlannedField[],
  operations: readonly Operation[],
): readonly Problem[] {
  const rules = FILE_OBJECTS[object]
  if (rules === undefined || !operations.includes('create')) return []
  const { field: key, name, link } = rules
  const content = fields.find(isContent)
  const has = (wanted: string | undefined) => fields.some(field => field.name === wanted)
  if (content === undefined) {
    if (has(key) || has(link)) return []
    const message =
      'is missing: it is the content of the file; map it to {file: COLUMN} for a column of paths, or {base64: COLUMN}'
    return [{ path: ['fields', key], message }]
  }
  if (!('base64' in content.mapping) || has(name)) return []
  const message = `${name} is missing: it names the file, which base64 does not; map it to a column with names such as contract.pdf`
  return [{ path: ['fields', content.name], message }]
}

type ContentField = PlannedField & { readonly mapping: FileMapping }

const isContent = (field: PlannedField): field is ContentField =>
  isFileMapping(field.mapping) && field.filePart === undefined

/**
 * Whether a query may miss a record that the run has created: a file of another owner that is shared by a record only is found by its Id alone.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocument.htm
 */
export const mayBeHidden = ({ object, fields }: Pick<SyncPlan, 'object' | 'fields'>): boolean =>
  isOfVersions({ object }) && fields.some(({ target }) => target.name === 'OwnerId')

export type PlannedFile = FileObject & { readonly content: ContentField }

/** The file of each record; undefined for a sync without files. */
export function plannedFile({ object, fields }: Pick<SyncPlan, 'object' | 'fields'>): PlannedFile | undefined {
  const content = fields.find(isContent)
  const rules = FILE_OBJECTS[object]
  return content && rules && { ...rules, content }
}
