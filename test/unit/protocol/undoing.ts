import { PLAN_FILE, SPEC_FILE } from '../../../loader/protocol/layout.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { newLoad } from '../../../loader/runs/earlierLoad.ts'
import { planSync } from '../../../loader/runs/planSync.ts'
import { dependenciesOf, retried, type World } from './memoryLoad.ts'

const planIn = ({ files }: World): PlannedRun => JSON.parse(files.get(PLAN_FILE) ?? '')

/** Begins to undo a run that has ended, in the same run store. */
export async function undoing(world: World): Promise<World> {
  world.files.set(SPEC_FILE, JSON.stringify(planIn(world).spec))
  const { spec } = await newLoad(dependenciesOf(world).runStores, { kind: 'undo', runId: world.runId })
  const runId = `undo of ${world.runId}`
  const files = new Map([[SPEC_FILE, JSON.stringify(spec)]])
  world.runs.set(runId, files)
  const undo = { ...world, runId, files }
  await retried(step => planSync(dependenciesOf(undo), { runId }, step))
  return undo
}
