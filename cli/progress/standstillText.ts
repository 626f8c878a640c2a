// Why a run makes no progress, as text.
import type { Standstill } from '../../packages/client/followRun.ts'

/** What each step does, for a person who does not know the names of the steps. */
const STEPS: Readonly<Record<string, string>> = {
  prepareRun: 'validate the input',
  awaitSource: 'wait for the source',
  planSync: 'log in to the org and validate the mapping',
  scanSource: 'read the source for the first time',
  findParents: 'find the parents in the org',
  stageSource: 'read the source',
  continueRun: 'read the run',
  takeLease: 'ask the budget of the org',
  matchRecords: 'find the records in the org',
  uploadChunk: 'upload a chunk',
  commitChunk: 'close an ingest job',
  awaitJob: 'wait for an ingest job',
  abortJob: 'abort an ingest job',
  settleChunk: 'read the results of an ingest job',
  sendChunk: 'send records',
  aggregateResults: 'write the results',
  aggregatePlan: 'write the plan',
  reportSkipped: 'write the report',
  reportSkippedPlan: 'write the report',
}

export const STANDSTILL_LABELS: Readonly<Record<Standstill['cause'], string>> = {
  retry: 'Trying again',
  worker: 'Trying again',
  source: 'Waiting',
}

/** What happens, when, and what to do: the label of a line, and its text. */
export function standstillText({ cause, reason, step, attempt, nextAt }: Standstill): string {
  if (cause === 'source') return reason
  const words = STEPS[step] ?? step
  const when = nextAt === undefined ? '' : ` at ${nextAt.toISOString().slice(11, 19)} UTC`
  const head = `${words}, attempt ${attempt}${when}`
  if (cause === 'retry') return `${head}: ${reason}`
  return `${head}: the worker of this step stopped or lost its connection; another worker takes the step over. If none runs, start one: sflink worker`
}

export const standstillLine = (standstill: Standstill): string =>
  `${STANDSTILL_LABELS[standstill.cause]}: ${standstillText(standstill)}`
