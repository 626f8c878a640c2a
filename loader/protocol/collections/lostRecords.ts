import { decideLost } from '../../matching/lostAnswer.ts'
import { mayBeHidden } from '../../plan/fileFields.ts'
import { WaitingError } from '../../step.ts'
import type { CollectionRequest } from './collectionRequests.ts'
import { INTENT_LIFETIME } from './departure.ts'
import type { OpenRow } from './otherClaims.ts'
import { candidatesOf, claimsOn, NO_CLAIMS, openSearch, orgTimeOf, type SearchedChunk } from './recordSearch.ts'
import type { Decision, Intent, RequestJournal } from './requestJournal.ts'

/** The chunk whose requests are sent, and whose records are searched for when an answer is lost. */
export type SentChunk = SearchedChunk & { readonly journal: RequestJournal }

/** Milliseconds between two searches while the org may still process the request. */
const SEARCH_INTERVAL = 15_000

/** The message of a record in doubt. */
export const ANSWER_LOST =
  'The answer of Salesforce was lost, and the org does not show whether this record was written; check the org before you load it again'

/**
 * Finds the outcome of a create whose answer was lost. This is why a create is not sent twice: only records that are provably
 * absent from the org are sent again, and only when the request can no longer arrive (departure.ts).
 * A record is one of this request only if the integration user has created it since the declaration, it has every value that was
 * sent, and no other request of this run, nor of another run of the run store, accounts for it or may still do so.
 * Throws WaitingError while records are missing that the org may still process, or while another request may own records that were found.
 */
export async function findLost(sent: SentChunk, request: CollectionRequest, intent: Intent): Promise<Decision> {
  const search = openSearch(sent, request.indexes, intent.orgTime, intent.checksum)
  const candidates = await candidatesOf(search)
  const left = lastArrival(intent, sent.run.spec.resend.lostAnswerWait) - orgTimeOf(sent)
  const isWhole = candidates.length >= request.indexes.length
  if (left > 0 && !isWhole) throw stillProcessed(request, candidates.length, left)
  // Read after the candidates: the declaration of every request that has written one of them is in the run store by now.
  const claims = candidates.length === 0 ? NO_CLAIMS : await claimsOn(search, candidates, open => isLost(open, sent))
  const free = candidates.filter(({ id }) => !claims.accounted.has(id))
  if (claims.pending && left > -patience(sent)) throw stillOwned(request, left + patience(sent))
  const { found, absent, undecided } = decideLost(search.rows, free, { ...search.context, ...claims })
  if (left > 0 && found.size < request.indexes.length) throw stillProcessed(request, found.size, left)
  if (mayBeHidden(sent.run.plan)) return { found: [...found], absent: [], undecided: [...undecided, ...absent] }
  return { found: [...found], absent, undecided }
}

/** The time by the org's clock from which on it no longer processes the request. */
const lastArrival = (
  { orgTime: declared, renewed = declared, over = renewed + INTENT_LIFETIME }: Intent,
  lostAnswerWait: number,
): number => over + lostAnswerWait

/** Equal records of several lost requests are decided one request after the other, each with a search interval. */
const SHORTEST_PATIENCE = 8 * SEARCH_INTERVAL

/** Milliseconds for which another request that may own a record is waited for. */
const patience = ({ run }: SearchedChunk): number =>
  INTENT_LIFETIME + Math.max(run.spec.resend.lostAnswerWait, SHORTEST_PATIENCE)

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000)

function stillProcessed({ indexes }: CollectionRequest, found: number, left: number): WaitingError {
  return new WaitingError(
    `The answer to a request for ${indexes.length} records was lost; ${Math.min(found, indexes.length)} of them are in the org. ` +
      `Salesforce may still process the others for ${seconds(left)} s, then their outcome is decided`,
    Math.min(left + 1, SEARCH_INTERVAL),
  )
}

function stillOwned({ indexes }: CollectionRequest, left: number): WaitingError {
  return new WaitingError(
    `The answer to a request for ${indexes.length} records was lost. The org has such records, and another request that is not answered yet ` +
      `may have written them; it is waited for, for up to ${seconds(left)} s`,
    Math.min(left + 1, SEARCH_INTERVAL),
  )
}

/** Whether the request of a row can no longer be answered. */
const isLost = ({ intent, lostAnswerWait }: OpenRow, sent: SearchedChunk): boolean =>
  intent !== undefined && (intent.over !== undefined || lastArrival(intent, lostAnswerWait) < orgTimeOf(sent))
