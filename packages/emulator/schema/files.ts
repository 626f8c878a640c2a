import { child } from './objectBuilder.ts'
import type { ChildRelationship } from './types.ts'

/** The objects whose records may have files. */
export const RECORDS_WITH_FILES: readonly string[] = [
  'Account',
  'Campaign',
  'Case',
  'Contact',
  'Invoice__c',
  'Lead',
  'Opportunity',
  'Task',
  'User',
]

/** The lookups of files to a record of this object. */
export const fileChildren: readonly ChildRelationship[] = [
  child('Attachment', 'ParentId', 'Attachments', 'cascade'),
  child('ContentDocumentLink', 'LinkedEntityId', 'ContentDocumentLinks', 'cascade'),
  child('ContentVersion', 'FirstPublishLocationId', null),
]

// `FileType` by the extension of a file, as ContentVersion shows it.
const FILE_TYPES: Readonly<Record<string, string>> = {
  csv: 'CSV',
  doc: 'WORD',
  docx: 'WORD_X',
  gif: 'GIF',
  htm: 'HTML',
  html: 'HTML',
  jpeg: 'JPEG',
  jpg: 'JPG',
  json: 'JSON',
  mp4: 'MP4',
  pdf: 'PDF',
  png: 'PNG',
  ppt: 'POWER_POINT',
  pptx: 'POWER_POINT_X',
  rtf: 'RTF',
  snote: 'SNOTE',
  svg: 'SVG',
  txt: 'TEXT',
  xls: 'EXCEL',
  xlsx: 'EXCEL_X',
  xml: 'XML',
  zip: 'ZIP',
}

/** The name of a file, its extension and its type, from the path on the client. */
export function fileOfPath(path: string): {
  readonly title: string
  readonly extension: string
  readonly fileType: string
} {
  const name = path.split(/[\\/]/).at(-1) ?? ''
  const extension = /[^.]\.([^.]+)$/.exec(name)?.[1] ?? ''
  const title = extension === '' ? name : name.slice(0, -extension.length - 1)
  return { title, extension, fileType: FILE_TYPES[extension.toLowerCase()] ?? 'UNKNOWN' }
}
