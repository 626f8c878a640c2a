// Runs that create contacts or files and are held at a given request.
import { expect } from 'vitest'
import type { FaultRule } from '../../packages/emulator/index.ts'
import { contactsFrom, type LoadRig, QUICK, type RigOrg, type StartedLoad } from './loadRig.ts'

/** Milliseconds that a request is held. The org then processes it even if the client is gone. */
export const HELD = 6_000

export type Point = {
  readonly engine: 'bulk' | 'collections'
  readonly rule: FaultRule
  /** Whether records are loaded after the one that they report to, by its Id. */
  readonly inWaves?: true
}

export const held = (engine: Point['engine'], match: FaultRule['match'], after = 0): Point => ({
  engine,
  rule: { ...(match === undefined ? {} : { match }), fault: { type: 'delay', ms: HELD }, times: 1, after },
})

export type HeldRun = { readonly point: Point; readonly org: RigOrg; readonly load: StartedLoad }

const RECORDS = 700
const names = Array.from({ length: RECORDS }, (_, index) => `P${index + 1}`)
/** P1 to P600 report to the 300th after them, and the last 100 to no one. */
const bosses = names.map((_, index) => (index < 600 ? names[Math.min(index + 300, 600 + (index % 100))] : undefined))
/** As a CSV. */
export const PEOPLE = `last,boss\n${names.map((name, index) => `${name},${bosses[index] ?? ''}\n`).join('')}`
const IN_WAVES = { LastName: 'last', ReportsToId: { sync: 'self', from: 'boss' } } as const

/** @param uri of PEOPLE */
export async function startHeldRun(rig: LoadRig, point: Point, uri: string): Promise<HeldRun> {
  const org = await rig.openOrg()
  org.emulator.faults.add(point.rule)
  const load = await rig.start(
    contactsFrom(uri, org, {
      identityFields: ['last'],
      resultColumns: ['id'],
      engine: point.engine,
      ...(point.inWaves && { fields: IN_WAVES }),
      concurrency: 1,
      chunk: { bulkRecords: 300, collectionsRecords: 400 },
      resend: { ...QUICK.resend, lostAnswerWait: 2 * HELD },
    }),
  )
  return { point, org, load }
}

export function holdsNow({ org }: Pick<HeldRun, 'org'>): boolean {
  return org.emulator.faults.list()[0]?.hits === 1
}

/** Expects each record once in the org, with a result that says so. */
export async function checkHeldRun(rig: LoadRig, { point, org, load }: HeldRun): Promise<void> {
  const { tally } = await load.report()
  const records = await org.records('Contact', 'LastName', 'Id', 'ReportsToId')
  const ids = new Map(records.map(record => [record['LastName'], record['Id']]))
  const results = await rig.rows(load.runId, 'results.csv')
  const bossIds = new Map(records.map(record => [record['LastName'], record['ReportsToId']]))
  const hasBoss = (index: number) => {
    const boss = point.inWaves && bosses[index]
    return bossIds.get(names[index] ?? '') === (boss ? ids.get(boss) : null)
  }
  const right = results.filter(({ last, id }, index) => last === names[index] && id === ids.get(last) && hasBoss(index))
  expect({ point, tally, records: records.length, right: right.length }).toEqual({
    point,
    tally: { created: RECORDS, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 },
    records: RECORDS,
    right: RECORDS,
  })
}

const FILES = 60

/** Starts a run that creates files, and that is held at the upload of one of them. */
export async function startHeldFiles(rig: LoadRig): Promise<Omit<HeldRun, 'point'>> {
  const org = await rig.openOrg()
  org.emulator.faults.add(held('collections', { operation: 'create' }, 30).rule)
  const inline = Array.from({ length: FILES }, (_, index) => ({
    name: `${index % 2 === 0 ? 'even' : index}.txt`,
    content: Buffer.from(`content ${index % 2 === 0 ? 'of several' : index}`).toString('base64'),
  }))
  const load = await rig.start({
    connection: org.connection,
    object: 'ContentVersion',
    operation: 'create',
    source: { inline },
    fields: { VersionData: { base64: 'content' }, PathOnClient: 'name', Title: 'name' },
    identityFields: ['name'],
    resultColumns: ['id'],
    concurrency: 2,
    resend: { ...QUICK.resend, lostAnswerWait: 2 * HELD },
  })
  return { org, load }
}

/** Expects each file once in the org, equal ones included, with a result that says so. */
export async function checkHeldFiles(rig: LoadRig, { org, load }: Omit<HeldRun, 'point'>): Promise<void> {
  const { tally } = await load.report()
  expect(tally).toMatchObject({ created: FILES, failed: 0, inDoubt: 0 })
  const versions = await org.records('ContentVersion', 'Id', 'PathOnClient')
  const results = await rig.rows(load.runId, 'results.csv')
  expect(versions.map(({ Id, PathOnClient }) => `${PathOnClient} ${Id}`).toSorted()).toEqual(
    results.map(({ id, name }) => `${name} ${id}`).toSorted(),
  )
}
