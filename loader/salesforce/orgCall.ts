import type { Readable } from 'node:stream'
import type { StreamedBody } from '../http/send.ts'
import type { RequestFacts } from './errors.ts'
import type { ApiUsage } from './salesforceConnection.ts'

/** Bytes of a decompressed answer about one thing: a token, the versions, a job, a rejection. */
export const SMALL_ANSWER = 1024 * 1024
/** Bytes of a decompressed answer about many: a describe, a page of a query, the results of 200 records. */
export const LARGE_ANSWER = 32 * 1024 * 1024

/** One request to the org. `path` from the root and without query string, which goes into `search` (`?q=…`). */
export type OrgCall = RequestFacts & {
  readonly search?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | StreamedBody
  /** Bytes; a longer answer counts as lost. @default SMALL_ANSWER */
  readonly maxBytes?: number
  /**
   * Called when the request has its slot, its session and its connection, immediately before its first byte is sent, and again before each repetition.
   * When it throws, nothing is sent, and the call fails with that error.
   */
  readonly beforeSend?: () => void | Promise<void>
  /** Also takes a request that waits for its slot out of the queue. */
  readonly signal?: AbortSignal
}

type AnswerHeaders = Readonly<Record<string, string>>

type StreamAnswer = { readonly headers: AnswerHeaders; readonly body: Readable }

/**
 * All traffic with the org: adds the token, renews the session once on a 401, repeats what may be repeated, limits duration and concurrency, and turns
 * every answer that is not a success into the error of its consequence. A page, a cut body or an empty one is never a success.
 */
export type OrgRequests = {
  /** The parsed body. */
  json(call: OrgCall): Promise<unknown>
  /** Sends no token; `origin` may be any host. */
  anonymousJson(call: OrgCall, origin: string): Promise<unknown>
  /** For answers without a body: resolves to their status. */
  status(call: OrgCall): Promise<number>
  /** The CSV of the answer as a stream; fails with AnswerCutError when it is cut or stalls, or is a page. */
  csv(call: OrgCall): Promise<StreamAnswer>
  /** The same as it was sent, mostly compressed, to be stored; `readKept` reads it. */
  keptCsv(call: OrgCall): Promise<StreamAnswer>
  apiUsage(): ApiUsage | undefined
  /** As an answer of the last minute stated it. */
  recentApiUsage(): ApiUsage | undefined
  clockOffset(): number
  /** Whether clockOffset comes from an answer of the last minute. */
  knowsClock(): boolean
}
