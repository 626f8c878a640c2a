// Runs that load files in base64 into the emulator.
import { SPEC_FILE } from '../../../loader/protocol/layout.ts'
import { planSync } from '../../../loader/runs/planSync.ts'
import type { SalesforceConnection } from '../../../loader/salesforce/salesforceConnection.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { type SpecParts, specOf } from '../../rig/describes.ts'
import { dependenciesOf, linesOf, loadThrough, type Records, retried, type World } from './memoryLoad.ts'
import type { Files } from './memoryRunStore.ts'
import { ScriptedOrg } from './scriptedOrg.ts'

export const CONTENT = { VersionData: { base64: 'content' }, PathOnClient: 'name', Title: 'name' } as const

const PARTS: SpecParts = {
  object: 'ContentVersion',
  fields: CONTENT,
  identityFields: ['name'],
  resultColumns: ['id', 'outcome', 'errorcode'],
  engine: 'collections',
  resend: { lostAnswerWait: 0, delay: 0 },
}

/** The files of runs by run id. */
export type Runs = Map<string, Files>

/** A row with a name and a content. */
export const row = (name: string, text: string) => ({ name, content: Buffer.from(text).toString('base64') })

/** Loads a run through a connection. Returns the lines of its results. */
export async function execute(
  salesforce: SalesforceConnection,
  runs: Runs,
  runId: string,
  spec: SyncSpec,
  dataDirectory = '/nowhere',
) {
  const files: Files = new Map([[SPEC_FILE, JSON.stringify(spec)]])
  runs.set(runId, files)
  const world: World = { runId, files, org: new ScriptedOrg(), runs, dataDirectory }
  const dependencies = { ...dependenciesOf(world), connection: () => salesforce }
  await retried(step => planSync(dependencies, { runId }, step))
  await loadThrough(world, (_, work) => retried(step => work(dependencies, step)))
  return linesOf(world, 'results.csv')
}

/** Loads rows as the run `run`. */
export const loadFiles = (
  salesforce: SalesforceConnection,
  runs: Runs,
  records: Records,
  parts: Partial<SpecParts> = {},
  dataDirectory?: string,
) => execute(salesforce, runs, 'run', specOf({ ...PARTS, ...parts, source: { inline: [...records] } }), dataDirectory)
