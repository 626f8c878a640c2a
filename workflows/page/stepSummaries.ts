// What Temporal's UI shows beside each step of a chunk.

import type { StagedChunk } from '../../loader/protocol/staged.ts'
import { count, counted } from './markdown.ts'

/** What a step does with a chunk. */
export type StepWords = {
  /** In the event history: `chunk 3 of 12, attempt 2: upload 100,000 records`. */
  readonly summary: string
  /** In the table of chunks in progress: `uploads 100,000 records`. */
  readonly now: string
}

/** One attempt to send a chunk. */
export type Sending = {
  readonly chunk: StagedChunk
  /** Chunks of the whole run. */
  readonly chunks: number
  readonly attempt: number
  /** Records sent in this attempt. */
  readonly records: number
}

const records = ({ records: sent, chunk }: Sending): string => `${counted(sent, 'record')} to ${chunk.operation}`

function words(sending: Sending, verb: string, now: string): StepWords {
  const { chunk, chunks, attempt } = sending
  const again = attempt === 1 ? '' : `, attempt ${attempt}`
  return { summary: `chunk ${count(chunk.chunk)} of ${count(chunks)}${again}: ${verb}`, now }
}

export const STEPS = {
  find: (sending: Sending) =>
    words(
      sending,
      `find the Ids of ${counted(sending.records, 'record')}`,
      'looks up the Ids of its records in the org',
    ),
  upload: (sending: Sending) =>
    words(
      sending,
      `upload ${records(sending)}, from row ${count(sending.chunk.firstRow)}`,
      `uploads ${records(sending)}`,
    ),
  commit: (sending: Sending, jobId: string) => words(sending, `commit job ${jobId}`, `commits job ${jobId}`),
  await: (sending: Sending, jobId: string) =>
    words(sending, `wait for job ${jobId}`, `waits for Salesforce to process job ${jobId}`),
  settle: (sending: Sending, jobId: string) =>
    words(sending, `read the results of job ${jobId}`, `reads the results of job ${jobId}`),
  abort: (sending: Sending, jobId: string) => words(sending, `abort job ${jobId}`, `aborts job ${jobId}`),
  send: (sending: Sending) =>
    words(sending, `send ${records(sending)}, from row ${count(sending.chunk.firstRow)}`, `sends ${records(sending)}`),
  pause: (sending: Sending, until: string) =>
    words(
      sending,
      `${counted(sending.records, 'record')} rejected for a transient reason, sent again at ${until} UTC`,
      `waits until ${until} UTC to send again ${counted(sending.records, 'record')} rejected for a transient reason (attempt ${sending.attempt})`,
    ),
  turn: (sending: Sending) =>
    words(
      sending,
      'wait for its turn to send again',
      `waits for its turn to send again ${counted(sending.records, 'record')}`,
    ),
} as const
