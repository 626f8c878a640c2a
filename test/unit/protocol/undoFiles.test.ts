// The undo of files: a document is deleted only while its latest version is the one that the run has created. The org is the emulator.
import { expect, test } from 'vitest'
import { newLoad } from '../../../loader/runs/earlierLoad.ts'
import { orgOf } from '../../rig/rigOrg.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import { CONTENT, execute, loadFiles, type Runs, row } from './emulatedFiles.ts'
import { dependenciesOf } from './memoryLoad.ts'
import { ScriptedOrg } from './scriptedOrg.ts'

const emulator = await fileEmulator({ seedRecords: false })
const org = orgOf('emulated', emulator)
const salesforce = connectToEmulator(emulator)

async function undo(runs: Runs) {
  const { runStores } = dependenciesOf({ runId: 'run', files: new Map(), org: new ScriptedOrg(), runs })
  const { spec } = await newLoad(runStores, { kind: 'undo', runId: 'run' })
  const results = await execute(salesforce, runs, 'undo', spec)
  return results.map(({ name, outcome, errormessage = '' }) => [name, outcome, errormessage])
}

const documentOf = async (name: string) => {
  const documents = await org.records('ContentDocument', 'Id', 'Title')
  return String(documents.find(({ Title }) => Title === name)?.['Id'])
}

const send = async (method: 'PATCH' | 'DELETE', path: string, body?: object) => {
  const answer = await fetch(`${emulator.url}/services/data/v60.0/sobjects/${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.credentials.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

test('deletes the documents that no one has changed, and names the others', async () => {
  const runs: Runs = new Map()
  await loadFiles(salesforce, runs, [
    row('a', 'one'),
    row('newer', 'two'),
    row('renamed', 'three'),
    row('gone', 'four'),
  ])
  const document = await documentOf('newer')
  await loadFiles(salesforce, new Map(), [{ ...row('newer', 'second version'), document }], {
    fields: { ...CONTENT, ContentDocumentId: 'document' },
  })
  await send('PATCH', `ContentDocument/${await documentOf('renamed')}`, { Title: 'Other' })
  await send('DELETE', `ContentDocument/${await documentOf('gone')}`)
  expect(await undo(runs)).toEqual([
    ['a', 'deleted', ''],
    [
      'newer',
      'failed',
      expect.stringMatching(
        /^LatestPublishedVersionId is "068\w{15}" in the org, and not "068\w{15}" as the run wrote it/,
      ),
    ],
    ['renamed', 'failed', expect.stringMatching(/^Title is "Other" in the org, and not "renamed" as the run wrote it/)],
    ['gone', 'unchanged', ''],
  ])
  const left = await org.records('ContentDocument', 'Title')
  expect(left.map(({ Title }) => Title)).toEqual(['newer', 'Other'])
})

test('a version that was added to a document is left', async () => {
  await loadFiles(salesforce, new Map(), [row('kept', 'first version')])
  const document = await documentOf('kept')
  const runs: Runs = new Map()
  const fields = { ...CONTENT, ContentDocumentId: 'document' }
  const [result] = await loadFiles(salesforce, runs, [{ ...row('kept', 'second version'), document }], { fields })
  expect(result).toMatchObject({ outcome: 'created' })
  expect(await undo(runs)).toEqual([
    ['kept', 'failed', expect.stringMatching(/Salesforce deletes a version only with its document/)],
  ])
  expect(await documentOf('kept')).toBe(document)
})

test('attachments are deleted as other records are', async () => {
  const [account] = await org.create('Account', [{ Name: 'Acme' }])
  const runs: Runs = new Map()
  const parts = {
    object: 'Attachment',
    fields: { Body: { base64: 'content' }, Name: 'name', ParentId: 'account' },
  } as const
  const rows = [row('a.txt', 'one'), row('b.txt', 'two')].map(one => ({ ...one, account: String(account) }))
  await loadFiles(salesforce, runs, rows, parts)
  expect(await undo(runs)).toEqual([
    ['a.txt', 'deleted', ''],
    ['b.txt', 'deleted', ''],
  ])
})
