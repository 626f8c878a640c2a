// An update by a key field: what the org has for the keys is read once for the whole run, and decided once.
import { expect, test } from 'vitest'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { matchRecords } from '../../../loader/protocol/match/matchRecords.ts'
import { AnswerCutError } from '../../../loader/salesforce/errors.ts'
import { stagedKeys } from './keySearch.ts'
import { BY_QUERY_JOB, stepOf } from './memoryLoad.ts'
import { type Files, memoryRunStore } from './memoryRunStore.ts'
import { ScriptedOrg } from './scriptedOrg.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const KEY = { name: 'Email', type: 'email', caseSensitive: false } as const

/** Keys of one record, of two, of none, and in another case; each chunk has two. */
const VALUES = ['one@x.org', 'twin@x.org', 'none@x.org', 'CASE@X.org', 'last@x.org']

type Run = { readonly org: ScriptedOrg; readonly files: Files }

function newRun(values: readonly string[] = VALUES): Run {
  const org = new ScriptedOrg()
  for (const email of ['one@x.org', 'twin@x.org', 'Twin@x.org', 'case@x.org', 'other@x.org', 'last@x.org']) {
    org.add({ LastName: 'x', Email: email })
  }
  org.add({ LastName: 'without a key' })
  return { org, files: stagedKeys({ key: KEY, values, connection: org.connection(new SimulatedWorker()) }, 2) }
}

function match(
  { org, files }: Run,
  limits: MatchLimits = MATCH_LIMITS,
  worker = new SimulatedWorker(),
  step = stepOf(),
) {
  const connection = org.connection(worker)
  const store = memoryRunStore(files, worker)
  return matchRecords({ connection: () => connection, runStore: () => store }, { runId: 'run' }, step, limits)
}

/** The chunks as they will be sent, and the results of records that will not. */
const written = ({ files }: Run): readonly (readonly [string, string])[] =>
  [...files].filter(([path]) => /^chunks\/\d+\.(csv|rows\.csv|unsent)|^matched/.test(path)).toSorted()

const withoutTimes = (run: Run) =>
  written(run).map(([path, text]) => [path, text.replace(/\d{4}-\d\d-\d\dT[\d:]+/g, 'T')])

test('writes the chunks with the Ids, and the results of the keys that have no record or several', async () => {
  const run = newRun()
  const { rejected, chunks } = await match(run)
  const [one, twin, otherTwin, inCase, , last] = run.org.records.map(record => record['Id'])
  expect(rejected).toBe(2)
  expect(chunks.map(({ chunk, records }) => [chunk, records])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ])
  const head = 'row,operation,outcome,id,errorcode,status,errormessage,timestamp\n'
  const [notFound, ambiguous] = ['KEY_NOT_FOUND', 'KEY_AMBIGUOUS']
  expect(withoutTimes(run).slice(0, -1)).toEqual([
    ['chunks/00001.csv', `Id\n${one},"x,""y"""\n`],
    ['chunks/00001.rows.csv', 'row\n1\n'],
    [
      'chunks/00001.unsent.results.csv',
      `${head}2,update,failed,,${ambiguous},error,"Key field: 2 Contact records have Email twin@x.org: ${twin}, ${otherTwin}",T\n`,
    ],
    ['chunks/00002.csv', `Id\n${inCase},"x,""y"""\n`],
    ['chunks/00002.rows.csv', 'row\n4\n'],
    [
      'chunks/00002.unsent.results.csv',
      `${head}3,update,failed,,${notFound},error,Key field: no Contact has Email none@x.org,T\n`,
    ],
    ['chunks/00003.csv', `Id\n${last},"x,""y"""\n`],
    ['chunks/00003.rows.csv', 'row\n5\n'],
    ['chunks/00003.unsent.results.csv', head],
  ])
})

test('names five of the Ids of a key that more records have', async () => {
  const run = newRun(['many@x.org'])
  for (let record = 0; record < 7; record++) run.org.add({ LastName: 'x', Email: 'many@x.org' })
  await match(run)
  const ids = run.org.records.filter(record => record['Email'] === 'many@x.org').map(record => record['Id'])
  const message = `Key field: 7 Contact records have Email many@x.org: ${ids.slice(0, 5).join(', ')} …`
  expect(run.files.get('chunks/00001.unsent.results.csv')).toContain(`"${message}"`)
})

const READINGS: readonly (readonly [string, MatchLimits])[] = [
  ['by lists, one for each chunk', { ...MATCH_LIMITS, listKeys: 2 }],
  ['by a query job, with the keys of two records in memory at a time', BY_QUERY_JOB],
  ['by a query job, with all records of the object in the run store', { ...BY_QUERY_JOB, keptRatio: 100 }],
]

test.each(READINGS)('writes the same when the org is read %s', async (_, limits) => {
  const [run, other] = [newRun(), newRun()]
  await match(run)
  await match(other, limits)
  // matched.json says how the org was read.
  const readBy = (by: string) => withoutTimes(other).map(([path, text]) => [path, text?.replace('"by": "job"', by)])
  expect(readBy('"by": "lists"')).toEqual(withoutTimes(run))
})

test('keeps no record that no key can mean', async () => {
  const run = newRun()
  await match(run, BY_QUERY_JOB)
  const pages = [...run.files].filter(([path]) => /^match\/update\/1\/\d+\..+\.csv$/.test(path)).map(([, text]) => text)
  expect(pages).toHaveLength(3)
  expect(pages.join('')).not.toContain('other@x.org')
  expect(pages.join('').match(/@x\.org/gi)).toHaveLength(5)
})

test.each([['by lists', MATCH_LIMITS] as const, ...READINGS])(
  'writes the same chunks after a kill at any effect, although the org changes meanwhile: %s',
  async (_, limits) => {
    const undisturbed = newRun()
    const counter = new SimulatedWorker()
    await match(undisturbed, limits, counter)
    for (let effects = 1; effects < counter.effects; effects++) {
      const run = newRun()
      await expect(match(run, limits, new SimulatedWorker(effects))).rejects.toBeInstanceOf(WorkerKilledError)
      const isDecided = run.files.has('match/update/found.json')
      const before = written(run)
      if (isDecided) run.org.records.length = 0
      await match(run, limits)
      // A chunk that was written stays, byte for byte.
      const after = new Map(written(run))
      for (const [path, text] of before) expect([path, after.get(path)]).toEqual([path, text])
      expect(withoutTimes(run)).toEqual(withoutTimes(undisturbed))
    }
  },
)

test('an attempt that was given up writes the chunks as the one that took over', async () => {
  const run = newRun()
  let chunks: ReturnType<typeof written> = []
  // The first attempt is about to read a page when the second does the whole step. Then the org changes.
  run.org.queries.onPage = async () => {
    run.org.queries.onPage = async () => undefined
    await match(run, BY_QUERY_JOB)
    chunks = written(run)
    run.org.records.length = 0
  }
  await match(run, BY_QUERY_JOB)
  expect(chunks).toHaveLength(10)
  expect(written(run)).toEqual(chunks)
})

test('an attempt that was given up before it searched writes the chunks as the one that took over', async () => {
  const run = newRun()
  let chunks: ReturnType<typeof written> = []
  run.org.onKeyQuery = async () => {
    run.org.onKeyQuery = async () => undefined
    await match(run)
    chunks = written(run)
    run.org.records.length = 0
  }
  await match(run)
  expect(chunks).toHaveLength(10)
  expect(written(run)).toEqual(chunks)
})

test('does not search again in a run that was matched', async () => {
  const run = newRun()
  const first = await match(run)
  const before = written(run)
  run.org.records.length = 0
  expect(await match(run)).toEqual(first)
  expect(written(run)).toEqual(before)
  expect(run.org.keyQueries).toBe(1)
})

test('a retry continues at the next page of the same job', async () => {
  const run = newRun()
  const { queries } = run.org
  const cut = () => {
    throw new AnswerCutError({ action: 'Download', method: 'GET', path: '/results', reason: 'cut' })
  }
  queries.changePage = csv => (queries.pages === 3 ? cut() : csv)
  await expect(match(run, BY_QUERY_JOB)).rejects.toBeInstanceOf(AnswerCutError)
  await match(run, BY_QUERY_JOB)
  expect(queries.jobs).toHaveLength(1)
  // Three pages; the last one was read twice.
  expect(queries.pages).toBe(4)
})

test.each(['Aborted', 'deleted'])('opens another job when the job was %s', async end => {
  const run = newRun()
  const { queries } = run.org
  if (end === 'Aborted') queries.ends.push('Aborted')
  else {
    queries.onRead = id => {
      queries.onRead = () => undefined
      queries.delete(id)
    }
  }
  const { rejected } = await match(run, BY_QUERY_JOB)
  expect(rejected).toBe(2)
  expect(run.org.count('openQueryJob')).toBe(2)
  expect(run.org.keyQueries).toBe(0)
})

test('searches by lists after three jobs without results', async () => {
  const run = newRun()
  run.org.queries.ends.push('Aborted', 'Aborted', 'Aborted', 'Aborted')
  expect(await match(run, BY_QUERY_JOB)).toMatchObject({ rejected: 2 })
  expect(run.org.count('openQueryJob')).toBe(3)
  expect(run.org.keyQueries).toBeGreaterThan(0)
})

test('searches by lists when Salesforce fails the job', async () => {
  const run = newRun()
  run.org.queries.ends.push('Failed')
  expect(await match(run, BY_QUERY_JOB)).toMatchObject({ rejected: 2 })
  expect(run.org.count('openQueryJob')).toBe(1)
  expect(run.org.keyQueries).toBeGreaterThan(0)
})

test.each(['temporarilyRejected', 'limitReached'] as const)(
  'asks a busy org again before it searches by lists: %s',
  async answer => {
    const run = newRun()
    run.org.script.openQueryJob = Array.from({ length: 6 }, () => answer)
    for (let attempt = 1; attempt <= 5; attempt++) {
      await expect(match(run, BY_QUERY_JOB, new SimulatedWorker(), stepOf(attempt))).rejects.toThrow('busy')
      expect(run.org.keyQueries).toBe(0)
    }
    expect(await match(run, BY_QUERY_JOB, new SimulatedWorker(), stepOf(6))).toMatchObject({ rejected: 2 })
    expect(run.org.keyQueries).toBeGreaterThan(0)
  },
)

test('polls the job until it is complete', async () => {
  const run = newRun()
  run.org.queries.polls = 3
  expect(await match(run, { ...BY_QUERY_JOB, firstPoll: 1 })).toMatchObject({ rejected: 2 })
  expect(run.org.queries.polls).toBe(0)
})

test('aborts the job of a cancelled run', async () => {
  const run = newRun()
  const controller = new AbortController()
  run.org.queries.polls = 100
  run.org.queries.onRead = () => controller.abort(new Error('the run was cancelled'))
  const step = { ...stepOf(), signal: controller.signal, isCancelled: () => true }
  await expect(match(run, BY_QUERY_JOB, new SimulatedWorker(), step)).rejects.toThrow('the run was cancelled')
  expect(run.org.queries.jobs.map(({ state }) => state)).toEqual(['Aborted'])
  // A run that continues opens another.
  run.org.queries.polls = 0
  run.org.queries.onRead = () => undefined
  expect(await match(run, BY_QUERY_JOB)).toMatchObject({ rejected: 2 })
})

test('a worker that stops, or has lost its step, leaves the job to the next attempt', async () => {
  const run = newRun()
  const controller = new AbortController()
  run.org.queries.polls = 100
  run.org.queries.onRead = () => controller.abort(new Error('the worker stops'))
  const step = { ...stepOf(), signal: controller.signal }
  await expect(match(run, BY_QUERY_JOB, new SimulatedWorker(), step)).rejects.toThrow('the worker stops')
  run.org.queries.polls = 0
  expect(await match(run, BY_QUERY_JOB)).toMatchObject({ rejected: 2 })
  expect(run.org.count('openQueryJob')).toBe(1)
})

test('a page without the key field is not an answer', async () => {
  const run = newRun()
  run.org.queries.changePage = csv => csv.replace('Email', 'Phone')
  await expect(match(run, BY_QUERY_JOB)).rejects.toThrow('its header lacks Email')
})
