import { PLAN_FILE } from '../../../loader/protocol/layout.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { sourceFrom, specOfPart } from '../../../loader/spec/earlierRun.ts'
import type { World } from './memoryLoad.ts'

/** The planned retry of a run, in the same run store and for the same org. */
export function retryOf(world: World, runId = 'again'): World {
  const run = JSON.parse(world.files.get(PLAN_FILE) ?? '') as PlannedRun
  const source = sourceFrom({ kind: 'retry', runId: world.runId }, run.spec.source)
  const { missing: _, ...plan } = run.plan
  const files = new Map([[PLAN_FILE, JSON.stringify({ ...run, plan, spec: { ...specOfPart(run.spec), source } })]])
  world.runs.set(runId, files)
  return { ...world, runId, files }
}

/** Corrects the cause in the org: it accepts the records called Invalid from now on. */
export function accepts(world: World): void {
  const { org } = world
  const connection = org.connection.bind(org)
  org.connection = worker => {
    const open = connection(worker)
    const renamed: typeof open.createRecords = (object, records, options) =>
      open.createRecords(
        object,
        records.map(one => ({ ...one, LastName: String(one['LastName']).replace('Invalid', 'Valid') })),
        options,
      )
    return { ...open, createRecords: renamed }
  }
}
