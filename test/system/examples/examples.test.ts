// The unchanged examples, against a worker that shares no code with them.
import { delimiter, dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { findPythonTemporal } from '../../../dev/programs/pythonTemporal.ts'
import { findTemporal } from '../../../dev/programs/temporalExecutable.ts'
import { TASK_QUEUE } from '../../../packages/client/contract/names.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { type LoadRig, type RigOrg, startLoadRig } from '../../rig/loadRig.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const examples = join(import.meta.dirname, '../../../examples')

const folder = temporaryFolder()
let temporal: TemporalServer
let rig: LoadRig
let org: RigOrg
beforeAll(async () => {
  temporal = await startTemporalServer({ own: true })
  const contacts = {
    connection: 'org-1',
    object: 'Contact',
    operation: 'create',
    source: { uri: 'file:data/contacts.csv' },
    fields: { FirstName: 'first_name', LastName: 'last_name', Email: 'email' },
    identityFields: ['email'],
  } satisfies SyncSpecInput
  rig = await startLoadRig({ temporalAddress: temporal.address, taskQueue: TASK_QUEUE, syncs: { contacts } })
  org = await rig.openOrg()
})
afterAll(async () => {
  await rig.close()
  await temporal.close()
})

async function run(program: string, args: readonly string[], path: readonly string[] = []) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH: [...path, PATH].join(delimiter), HOME, TEMPORAL_ADDRESS: temporal.address }
  const options = { env, extendEnv: false, reject: false, stripFinalNewline: false } as const
  const { exitCode: code, stdout, stderr } = await execa(program, args, options)
  return { code, stdout, stderr }
}

/** The records of any example with these last names. */
async function emailsOf(...names: readonly string[]): Promise<readonly unknown[]> {
  const records = await org.records('Contact', 'LastName', 'Email')
  return records.filter(record => names.includes(String(record['LastName']))).map(record => record['Email'])
}

const CREATED = /^\S+ created 003\w{15}$/

test('Python: a load prints a result for each record, and two runs are one load', async () => {
  const python = await findPythonTemporal()
  const load = () => run(python, [join(examples, 'python/load.py'), '2026-11-25'])
  const [first, second] = await Promise.all([load(), load()])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const [outcome, ana, bo] = first?.stdout.split('\n') ?? []
  expect(outcome).toBe('completed_with_rejected')
  expect(ana).toMatch(CREATED)
  expect(bo).toBe('bo@example.com failed Required fields are missing: [LastName]')
  expect(second).toEqual(first)
  expect(await load()).toEqual(first)
  expect(await emailsOf('Silva')).toEqual(['ana.silva@example.com'])
})

test('Python: every call for an event gets one answer', async () => {
  const python = await findPythonTemporal()
  const add = (...args: readonly string[]) => run(python, [join(examples, 'python/add.py'), ...args])
  const [first, same, rejected] = await Promise.all([
    add('event-1', 'Ken', 'Ito', 'ito@example.com'),
    add('event-1', 'Ken', 'Ito', 'ito@example.com'),
    add('event-2', 'Nameless', '', 'nameless@example.com'),
  ])
  expect(first?.stdout.trim()).toMatch(CREATED)
  expect(same).toEqual(first)
  expect(rejected?.stdout).toBe('nameless@example.com failed Required fields are missing: [LastName]\n')
  expect(await emailsOf('Ito')).toEqual(['ito@example.com'])
  const taken = await add('event-1', 'Joy', 'Jones', 'jones@example.com')
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringMatching(/^CallIdTakenError: The id event-1 belongs/) })
})

test('TypeScript: a load and a call by the typed client', async () => {
  const load = () =>
    run(process.execPath, ['--conditions=checkout', join(examples, 'typescript/load.ts'), '2026-11-26'])
  const first = await load()
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const [outcome, cleo, dan, eve] = first.stdout.split('\n')
  expect(outcome).toBe('completed_with_rejected')
  expect(cleo).toMatch(CREATED)
  expect(dan).toBe('dan@example.com failed Required fields are missing: [LastName]')
  expect(eve).toMatch(CREATED)
  expect(await load()).toEqual(first)
  expect(await emailsOf('Meyer', 'Novak')).toEqual(['cleo.meyer@example.com', 'eve.novak@example.com'])
})

test('shell: a load and a call by the temporal command', async () => {
  const found = await findTemporal({ ...process.env, TEMPORAL_ADDRESS: '' })
  const program = found.kind === 'executable' ? dirname(found.path) : ''
  const { code, stdout, stderr } = await run(join(examples, 'shell/load.sh'), ['2026-11-27'], [program])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('"outcome": "completed_with_rejected"')
  expect(stdout).toContain('"errorMessage": "Required fields are missing: [LastName]"')
  expect(await emailsOf('Olsen', 'Haddad')).toEqual(['finn.olsen@example.com', 'haddad@example.com'])
})

test('without Python one line reports it', async () => {
  await expect(findPythonTemporal({ PATH: folder, XDG_CACHE_HOME: folder })).rejects.toMatchObject({
    name: 'PythonMissingError',
    message: expect.stringMatching(/^No Python for the examples: python3 is not on PATH\. Install Python 3\.10 .*$/),
  })
})
