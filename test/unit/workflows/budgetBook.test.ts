// Who gets a lease of an org's budget, in which order.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Leased } from '../../../packages/client/contract/names.ts'
import { BudgetBook, CLAIM_TIME } from '../../../workflows/budgetBook.ts'
import { budgetDetails } from '../../../workflows/page/budgetDetails.ts'

const request = (holder: string, limit = 1, of: Leased = 'ingestJobs') => ({
  of,
  holder,
  workflowId: `workflow of ${holder}`,
  limit,
})
const holders = (list: readonly { readonly holder: string }[]) => list.map(({ holder }) => holder)

test('leases are granted up to the limit, then in the order of the requests', () => {
  const book = new BudgetBook()
  expect(book.lease(request('a', 2), 0)).toBe(true)
  expect(book.lease(request('b', 2), 0)).toBe(true)
  expect(book.lease(request('c', 2), 1)).toBe(false)
  expect(book.lease(request('d', 2), 2)).toBe(false)
  expect(book.toNotify(3)).toEqual([])
  book.giveBack('a')
  expect(book.lease(request('d', 2), 4), 'c asked first').toBe(false)
  expect(holders(book.toNotify(4))).toEqual(['c'])
  expect(book.toNotify(5), 'once').toEqual([])
  expect(book.lease(request('e', 2), 5), 'the free lease is reserved').toBe(false)
  expect(book.lease(request('c', 2), 6)).toBe(true)
  expect(holders(book.pages.leases)).toEqual(['b', 'c'])
  expect(holders(book.pages.waiting)).toEqual(['d', 'e'])
})

test('ingest jobs and requests have their own limits and queues', () => {
  const book = new BudgetBook()
  expect(book.lease(request('a'), 0)).toBe(true)
  expect(book.lease(request('b'), 0)).toBe(false)
  expect(book.lease(request('c', 1, 'requests'), 0)).toBe(true)
  expect(book.lease(request('d', 1, 'requests'), 0)).toBe(false)
  expect(book.lease(request('e', 2, 'requests'), 0), 'd is first').toBe(false)
  book.giveBack('c')
  expect(holders(book.toNotify(1))).toEqual(['d', 'e'])
  book.giveBack('a')
  expect(holders(book.toNotify(2))).toEqual(['b'])
})

test('a holder that asks again keeps its lease, or its place', () => {
  const book = new BudgetBook()
  for (const holder of ['a', 'b', 'c', 'b', 'a']) book.lease(request(holder), 0)
  expect(holders(book.pages.leases)).toEqual(['a'])
  expect(holders(book.pages.waiting)).toEqual(['b', 'c'])
})

test('the one that was notified and does not ask in time loses its place to the next', () => {
  const book = new BudgetBook()
  for (const holder of ['a', 'b', 'c']) book.lease(request(holder), 0)
  book.giveBack('a')
  expect(holders(book.toNotify(0))).toEqual(['b'])
  expect(holders(book.toNotify(CLAIM_TIME - 1))).toEqual([])
  expect(holders(book.toNotify(CLAIM_TIME))).toEqual(['c'])
  expect(book.lease(request('b'), CLAIM_TIME)).toBe(false)
  expect(book.lease(request('c'), CLAIM_TIME)).toBe(true)
})

test('leases and places of a run that has ended are dropped, and its workflows are listed once', () => {
  const book = new BudgetBook()
  const ended = { of: 'ingestJobs', workflowId: 'ended', limit: 1 } as const
  book.lease({ ...ended, holder: 'a' }, 0)
  book.lease({ ...ended, holder: 'b' }, 0)
  book.lease(request('c'), 0)
  expect(book.workflowIds).toEqual(['ended', 'workflow of c'])
  book.endRuns(['ended'])
  expect(holders(book.toNotify(1))).toEqual(['c'])
  expect(book.isEmpty).toBe(false)
  book.giveBack('c')
  expect(book.isEmpty).toBe(true)
})

test('whatever is asked and given back, no more leases are held than the limit, and a new history knows the same', () => {
  const step = fc.tuple(fc.constantFrom('lease', 'giveBack', 'notify', 'continue'), fc.nat({ max: 9 }), fc.nat(20_000))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
      let book = new BudgetBook()
      let now = 0
      for (const [what, holder, later] of steps) {
        now += later
        if (what === 'lease') book.lease(request(`h${holder}`, limit), now)
        else if (what === 'giveBack') book.giveBack(`h${holder}`)
        else if (what === 'notify') book.toNotify(now)
        else book = new BudgetBook(JSON.parse(JSON.stringify(book.pages)))
        const { leases, waiting } = book.pages
        expect(leases.length).toBeLessThanOrEqual(limit)
        expect(new Set(holders([...leases, ...waiting])).size).toBe(leases.length + waiting.length)
      }
      // Everyone that waits gets a lease in the end, if each gives it back.
      for (let turn = 0; book.pages.waiting.length > 0; turn += 1) {
        expect(turn).toBeLessThan(50)
        for (const { holder } of book.pages.leases) book.giveBack(holder)
        now += 1
        for (const next of book.toNotify(now)) expect(book.lease(next, now)).toBe(true)
        if (book.pages.leases.length === 0) now += CLAIM_TIME
      }
    }),
  )
})

test('the page of a budget lists who has a lease and who waits', () => {
  const book = new BudgetBook()
  expect(budgetDetails(book.pages)).toContain(
    '### 0 ingest jobs, 0 collection requests in progress; waiting: 0 ingest jobs, 0 collection requests',
  )
  book.lease(request('nightly.x: chunk 1, attempt 1'), 0)
  book.lease(request('hourly.y: chunk 2, attempt 1'), 60_000)
  const page = budgetDetails(book.pages)
  expect(page).toContain(
    '### 1 ingest job, 0 collection requests in progress; waiting: 1 ingest job, 0 collection requests',
  )
  expect(page).toContain('| `nightly.x: chunk 1, attempt 1` | ingest job | 1970-01-01 00:00:00 |')
  expect(page).toContain('| `hourly.y: chunk 2, attempt 1` | ingest job | 1970-01-01 00:01:00 |')
})
