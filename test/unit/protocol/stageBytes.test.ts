// Chunk files are the same whether a value is copied as bytes or becomes a string: the mapping of strings is the reference.
import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { SourceMarks } from '../../../loader/mapping/sourceMarks.ts'
import { createPlan } from '../../../loader/plan/plan.ts'
import { type SyncPlan, wireColumns } from '../../../loader/plan/syncPlan.ts'
import { PLAN_FILE } from '../../../loader/protocol/layout.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { PARENTS, specOf } from '../../rig/describes.ts'
import { allRows, streamed } from '../sources/tables.ts'
import { dependenciesOf, newWorld, stepOf } from './memoryLoad.ts'
import { type Files, memoryRunStore } from './memoryRunStore.ts'
import { DESCRIBE, inputOf, scenario } from './randomSources.ts'
import { ScriptedOrg } from './scriptedOrg.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

async function staged(spec: SyncSpec, plan: SyncPlan, csv: Buffer, size: number, delimiter: string): Promise<Files> {
  const run = { spec, plan, userId: 'u', warnings: [], startedAt: 0 }
  const files: Files = new Map([[PLAN_FILE, JSON.stringify(run)]])
  const store = memoryRunStore(files, new SimulatedWorker())
  async function* blocks() {
    for (let from = 0; from < csv.length; from += size) yield csv.subarray(from, from + size)
  }
  const openSource = () =>
    readCsv(blocks(), { description: 'x.csv', delimiter, encoding: 'utf-8', skipEmptyRows: true })
  const connection = () => new ScriptedOrg().connection(new SimulatedWorker())
  const { runStores, contentFiles } = dependenciesOf(newWorld([]))
  const dependencies = {
    runStore: () => store,
    runStores,
    contentFiles,
    syncStore: () => store,
    openSource,
    connection,
  }
  await stageSource(dependencies, { runId: 'run' }, stepOf())
  return files
}

/** A new record needs Name or LastName, and none of the two is required alone. */
const ofPersons = (plan: SyncPlan): SyncPlan => ({
  ...plan,
  hasPersons: true,
  fields: plan.fields.map(one =>
    one.name === 'LastName' ? { ...one, target: { ...one.target, defaultedOnCreate: true } } : one,
  ),
})

type Reference = {
  readonly chunks: ReadonlyMap<string, string>
  readonly rejected: readonly (readonly [row: number, code: string, message: string])[]
  readonly warnings: readonly string[]
}

/** The chunks and the rejected rows as the mapping of strings gives them. */
function reference(
  spec: SyncSpec,
  plan: SyncPlan,
  header: readonly string[],
  rows: readonly string[][],
  delimiter: string,
): Reference {
  if (!('uri' in spec.source)) throw new Error('The source is a file')
  const compiled = compileMapping(plan, header, { shortRows: spec.source.shortRows, delimiter })
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'))
  const { mapping } = compiled
  const marks = new SourceMarks(plan, mapping.positionOf, spec.source.blankValues)
  const chunks = new Map<string, string>()
  const rejected: [number, string, string][] = []
  const seen = new Map<string, number>()
  const open = new Map<string, { readonly chunk: number; records: number }>()
  let lastChunk = 0
  for (const [index, values] of rows.entries()) {
    const row = index + 1
    const read = marks.read(row, values)
    const mapped = 'rejected' in read ? read : mapping.mapRow(read)
    if (mapped.rejected) {
      rejected.push([row, mapped.errorCode, mapped.errorMessage])
      continue
    }
    const first = mapped.repeatKey === '' ? undefined : seen.get(mapped.repeatKey)
    if (first !== undefined) {
      rejected.push([row, 'KEY_REPEATED', `${mapped.keys.at(-1)} is in row ${first} already`])
      continue
    }
    if (mapped.repeatKey !== '') seen.set(mapped.repeatKey, row)
    marks.count()
    const isFoundByKey = mapped.operation === 'update' || mapped.operation === 'delete'
    const isKeyed = plan.existing !== undefined || (isFoundByKey && plan.keyFields?.[0] !== 'Id')
    let chunk = open.get(mapped.operation)
    if (chunk === undefined || chunk.records === spec.chunk.bulkRecords) {
      lastChunk += 1
      chunk = { chunk: lastChunk, records: 0 }
      open.set(mapped.operation, chunk)
    }
    chunk.records += 1
    const name = `chunks/${String(chunk.chunk).padStart(5, '0')}${isKeyed ? '.keyed' : ''}`
    const columns = wireColumns(plan, mapped.operation).map(column => column.name)
    const csv = chunks.get(`${name}.csv`) ?? csvLine(isKeyed ? [...mapped.keys.map(() => 'key'), ...columns] : columns)
    const lines = chunks.get(`${name}.rows.csv`) ?? csvLine(['row', ...plan.identityFields])
    chunks.set(`${name}.csv`, csv + csvLine(isKeyed ? [...mapped.keys, ...mapped.cells] : mapped.cells))
    chunks.set(`${name}.rows.csv`, lines + csvLine([String(row), ...mapping.identity(values)]))
  }
  return { chunks, rejected, warnings: marks.warnings() }
}

/** Stages the source by bytes and expects what the mapping of strings gives; returns the number of its chunk files. */
async function expectReference(
  { spec, header, csv, delimiter }: ReturnType<typeof inputOf>,
  plan: SyncPlan,
  size: number,
): Promise<number> {
  const bytes = Buffer.from(csv)
  const rows = await allRows(await readCsv(streamed([bytes]), { delimiter, encoding: 'utf-8', skipEmptyRows: true }))
  const expected = reference(spec, plan, header, rows, delimiter)
  fc.pre(rows.length > 0)
  const files = await staged(spec, plan, bytes, size, delimiter)
  const chunks = [...files].filter(([path]) => /^chunks\/.*csv$/.test(path))
  expect(new Map(chunks)).toEqual(expected.chunks)
  const results = Papa.parse<string[]>(files.get('rejected.results.csv') ?? '', { skipEmptyLines: true }).data.slice(1)
  expect(results.map(([row, , , , code]) => [Number(row), code])).toEqual(
    expected.rejected.map(([row, code]) => [row, code]),
  )
  for (const [index, [, , message]] of expected.rejected.entries()) expect(results[index]?.[6]).toContain(message)
  const { warnings = [] } = JSON.parse(files.get('staged.json') ?? '{}') as { readonly warnings?: readonly string[] }
  expect(warnings).toEqual(expected.warnings)
  return expected.chunks.size
}

test('a default that is the key of new records is repeated in both mappings', async () => {
  const spec = specOf({
    fields: { LastName: 'last', Ext_Id__c: { column: 'ext', default: 'x' } },
    identityFields: ['last', 'ext'],
    engine: 'bulk',
    chunk: { bulkRecords: 2 },
  })
  const planned = createPlan(spec, DESCRIBE, PARENTS)
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  const csv = 'last,ext\nAda,\nEva,\nNina,X\nAda,y\n'
  expect(await expectReference({ spec, header: ['last', 'ext'], csv, delimiter: ',' }, planned.plan, 20)).toBe(2)
})

test('chunks are byte for byte those of the mapping of strings, in any source', async () => {
  const runs = { mapped: 0 }
  await fc.assert(
    fc.asyncProperty(scenario, async given => {
      const input = inputOf(given)
      const planned = createPlan(input.spec, DESCRIBE, PARENTS)
      fc.pre(planned.ok)
      const plan = given.parts.isOfPersons ? ofPersons(planned.plan) : planned.plan
      runs.mapped += await expectReference(input, plan, given.parts.size)
    }),
    { numRuns: 500 },
  )
  // Most random rows are rejected somewhere: enough of them must not be.
  expect(runs.mapped).toBeGreaterThan(500)
}, 120_000)
