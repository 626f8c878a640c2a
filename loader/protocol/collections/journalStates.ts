import type { SyncPlan } from '../../plan/syncPlan.ts'
import type { SaveResult } from '../../salesforce/salesforceConnection.ts'
import { againOf, type CollectionRequest, collectionRequests, halvesOf, smallerRequests } from './collectionRequests.ts'
import { type Intent, isAnswer, type RequestJournal } from './requestJournal.ts'

/** What the journal of a chunk says about one record that was sent, or may have been. */
export type JournalState =
  | { readonly kind: 'answered'; readonly result: SaveResult }
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'undecided' }
  /** No outcome is known yet. */
  | { readonly kind: 'open'; readonly intent: Intent }

/**
 * Reads the journal of a chunk, the requests that were cut from others included.
 * @param records of the chunk
 * @returns by place in the chunk, counted from 0; a record that was certainly not written is absent
 */
export async function journalStates(
  journal: RequestJournal,
  records: number,
  { requestRecords }: Pick<SyncPlan, 'requestRecords'>,
): Promise<ReadonlyMap<number, JournalState>> {
  const states = new Map<number, JournalState>()
  for (const request of collectionRequests(records, requestRecords)) await readStates(journal, request, states)
  return states
}

async function readStates(
  journal: RequestJournal,
  request: CollectionRequest,
  states: Map<number, JournalState>,
): Promise<void> {
  const { name, indexes } = request
  const outcome = await journal.outcome(name)
  if (outcome === undefined) {
    if (journal.isHalved(name)) return readHalves(journal, request, states)
    const intent = await journal.intent(name)
    if (intent !== undefined) for (const index of indexes) states.set(index, { kind: 'open', intent })
    return
  }
  if (isAnswer(outcome)) {
    for (const [place, result] of outcome.entries()) states.set(indexes[place] ?? -1, { kind: 'answered', result })
    for (const smaller of smallerRequests(request, outcome)) await readStates(journal, smaller, states)
    return
  }
  if (outcome.halved) return readHalves(journal, request, states)
  for (const [index, id] of outcome.found) states.set(index, { kind: 'found', id })
  for (const index of outcome.undecided) states.set(index, { kind: 'undecided' })
  if (outcome.absent.length > 0) await readStates(journal, againOf(request, outcome.absent), states)
}

async function readHalves(
  journal: RequestJournal,
  request: CollectionRequest,
  states: Map<number, JournalState>,
): Promise<void> {
  for (const half of halvesOf(request)) await readStates(journal, half, states)
}
