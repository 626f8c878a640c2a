// Columns with files, for objects that have them.
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { suggestSync } from '../../../loader/suggest/suggestSync.ts'
import { syncText } from '../../../loader/suggest/syncText.ts'
import { writtenSyncSpecSchema } from '../../../packages/client/contract/syncSpec.ts'
import { field, object } from '../../rig/describes.ts'

const VERSION = object('ContentVersion', [
  field('Title', { label: 'Title' }),
  field('PathOnClient', { label: 'Path On Client', nillable: false }),
  field('VersionData', { label: 'Version Data', type: 'base64', nillable: true }),
])

const BASE64 = 'JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDM='

/** The mapping of the column beside a title. */
function fieldsOf(describes: typeof VERSION, name: string, ...values: readonly string[]) {
  const columns = [
    { name: 'Title', values: values.map((_, index) => `Offer ${index}`) },
    { name, values },
  ]
  const suggested = suggestSync(columns, describes, new Map())
  const spec = parse(syncText(suggested, { connection: 'acme', source: { uri: 'file:data/files.csv' } }))
  expect(parseSyncSpec(spec, { shape: writtenSyncSpecSchema })).toMatchObject({ ok: true })
  return spec.fields
}

test.each(['Path', 'file', 'Dateipfad', 'fichier'])('a column %s with names of files has their paths', name => {
  expect(fieldsOf(VERSION, name, 'offers/one.pdf', 's3://bucket/two.docx')).toEqual({
    Title: 'Title',
    VersionData: { file: name },
  })
})

test.each(['base64', 'VersionData'])('a column %s in base64 has their content', name => {
  expect(fieldsOf(VERSION, name, BASE64, BASE64)).toEqual({ Title: 'Title', VersionData: { base64: name } })
})

test.each([
  ['names without an extension', VERSION, 'Path', ['offers', 'contracts']],
  ['a column of another name', VERSION, 'Customer', ['one.pdf', 'two.pdf']],
  ['words', VERSION, 'content', ['an offer', 'a contract']],
  [
    'an object without files',
    object('Note__c', [field('Title'), field('Body__c', { type: 'textarea' })]),
    'Path',
    ['one.pdf', 'two.pdf'],
  ],
] as const)('%s are no files', (_, describes, name, values) => {
  expect(fieldsOf(describes, name, ...values)[name]).toBeUndefined()
  expect(JSON.stringify(fieldsOf(describes, name, ...values))).not.toMatch(/file|base64/)
})
