import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../loader/plan/plan.ts'
import type { ObjectDescribe } from '../../../loader/salesforce/describe.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { withEngine } from '../../../loader/spec/sendingRules.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { ATTACHMENT, CONTENT_VERSION, field, object, PARENTS, planOf, specOf } from '../../rig/describes.ts'

const FILE = { VersionData: { file: 'path' } } as const
const NOTE = object('Note__c', [field('Name'), field('Picture__c', { type: 'base64' })])

const fieldsOf = (fields: SyncSpecInput['fields'], describe: ObjectDescribe = CONTENT_VERSION) =>
  planOf({ object: describe.name, fields }, describe).fields.map(({ name, filePart }) => [name, filePart])

function problemsOf(fields: SyncSpecInput['fields'], describe: ObjectDescribe = CONTENT_VERSION): readonly string[] {
  const planned = createPlan(specOf({ object: describe.name, fields }), describe, PARENTS)
  return planned.ok ? [] : planned.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function specProblems(parts: object): readonly string[] {
  const input = {
    connection: 'c',
    object: 'ContentVersion',
    operation: 'create',
    source: { uri: 'file:x.csv' },
    fields: FILE,
  }
  const parsed = parseSyncSpec({ ...input, ...parts })
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('a sync that loads files', () => {
  test('gives a version the name of its file, unless it is mapped', () => {
    expect(fieldsOf(FILE)).toEqual([
      ['VersionData', undefined],
      ['PathOnClient', 'name'],
      ['Title', 'title'],
    ])
    expect(fieldsOf({ ...FILE, title: 'name', PathOnClient: 'name' })).toEqual([
      ['VersionData', undefined],
      ['Title', undefined],
      ['PathOnClient', undefined],
    ])
  })

  test('gives an attachment the name of its file', () => {
    expect(fieldsOf({ Body: { file: 'path' }, ParentId: 'account' }, ATTACHMENT)).toEqual([
      ['Body', undefined],
      ['ParentId', undefined],
      ['Name', 'name'],
    ])
  })

  test('sends each file by a request of its own, whatever the number of records', () => {
    expect(withEngine(specOf({ object: 'ContentVersion', fields: FILE })).engine).toBe('collections')
    expect(planOf({ object: 'ContentVersion', fields: FILE }, CONTENT_VERSION).requestRecords).toBe(1)
  })

  test('shares the file with a record that a lookup or another sync finds', () => {
    const lookup = { lookup: 'Account', by: 'Name', from: 'account' } as const
    expect(fieldsOf({ ...FILE, FirstPublishLocationId: lookup })).toContainEqual(['FirstPublishLocationId', undefined])
    const sync = { sync: 'accounts', by: 'ref', from: 'ref' } as const
    const plan = planOf(
      { object: 'ContentVersion', fields: { ...FILE, FirstPublishLocationId: sync }, parentRuns: { accounts: 'run' } },
      CONTENT_VERSION,
    )
    expect(plan.fields.map(({ name }) => name)).toContain('FirstPublishLocationId')
  })

  test('is rejected with Bulk API 2.0, and with operations that overwrite', () => {
    expect(specProblems({ engine: 'bulk' })).toEqual([
      'engine: Bulk API 2.0 loads no files; set engine to collections or auto',
    ])
    expect(
      specProblems({ operation: 'upsert', externalIdField: 'Title', fields: { ...FILE, Title: 'title' } }),
    ).toEqual([
      'operation: a file is loaded by create only; set operation: create, and map ContentDocumentId for a new version of a document',
    ])
    expect(specProblems({ operation: { column: 'todo' } })).toHaveLength(1)
  })

  test.each<readonly [string, SyncSpecInput['fields'], ObjectDescribe]>([
    [
      'VersionData: is the content of a file: write {file: COLUMN} for a column of paths, or {base64: COLUMN}',
      { VersionData: 'path' },
      CONTENT_VERSION,
    ],
    [
      'VersionData: is the content of a file: write {file: COLUMN} for a column of paths, or {base64: COLUMN}',
      { VersionData: { value: 'YQ==' } },
      CONTENT_VERSION,
    ],
    [
      'Title: is of type string; a file can be the content of ContentVersion.VersionData, Attachment.Body, Document.Body',
      { ...FILE, Title: { file: 'path' } },
      CONTENT_VERSION,
    ],
    [
      'Picture__c: is of type base64; a file can be the content of ContentVersion.VersionData, Attachment.Body, Document.Body',
      { Name: 'name', Picture__c: { file: 'path' } },
      NOTE,
    ],
    [
      'Picture__c: is of type base64; files are loaded into ContentVersion.VersionData, Attachment.Body, Document.Body',
      { Name: 'name', Picture__c: 'path' },
      NOTE,
    ],
    [
      'VersionData: PathOnClient is missing: it names the file, which base64 does not; map it to a column with names such as contract.pdf',
      { VersionData: { base64: 'content' }, Title: 'title' },
      CONTENT_VERSION,
    ],
    [
      'VersionData: is missing: it is the content of the file; map it to {file: COLUMN} for a column of paths, or {base64: COLUMN}',
      { Title: 'title', PathOnClient: 'path' },
      CONTENT_VERSION,
    ],
  ])('%s', (problem, fields, describe) => {
    expect(problemsOf(fields, describe).map(line => line.replace(/^fields\./, ''))).toContain(problem)
  })
})
