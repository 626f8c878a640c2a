import type { Readable } from 'node:stream'
import type { StreamedBody } from '../http/send.ts'
import type { RequestFacts } from './errors.ts'
import type { ApiUsage } from './salesforceConnection.ts'

/** One request to the org. `path` from the root and without query string, which goes into `search` (`?q=…`). */
export type OrgCall = RequestFacts & {
  readonly search?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | StreamedBody
  /**
   * Called when the request has its slot, its session and its connection, immediately before its first byte is sent, and again before each repetition.
   * When it throws, nothing is sent, and the call fails with that error.
   */
  readonly beforeSend?: () => void | Promise<void>
  /** Also takes a request that waits for its slot out of the queue. */
  readonly signal?: AbortSignal
}

export type AnswerHeaders = Readonly<Record<string, string>>

export type TextAnswer = { readonly statusCode: number; readonly headers: AnswerHeaders; readonly text: string }

type StreamAnswer = { readonly headers: AnswerHeaders; readonly body: Readable }

/**
 * All traffic with the org: adds the token, renews the session once on a 401, repeats what may be repeated, limits duration and concurrency, and turns
 * every answer that is not a success into the error of its consequence.
 */
export type OrgRequests = {
  text(call: OrgCall): Promise<TextAnswer>
  /** Sends no token; `origin` may be any host. */
  anonymousText(call: OrgCall, origin: string): Promise<TextAnswer>
  /** The answer's body as a stream; fails with AnswerCutError when it is cut or stalls. */
  stream(call: OrgCall): Promise<StreamAnswer>
  apiUsage(): ApiUsage | undefined
  clockOffset(): number
}
