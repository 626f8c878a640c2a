import { expect, test } from 'vitest'
import { SlotShares } from '../../../workers/slotShares.ts'

function takeAll(shares: SlotShares, party: string | undefined, times: number): number {
  return Array.from({ length: times }, () => shares.take(party)).filter(taken => taken !== undefined).length
}

test('steps that wait for one org leave a quarter of the slots to others', () => {
  expect(takeAll(new SlotShares(8), 'the connection slow', 8)).toBe(6)
  expect(takeAll(new SlotShares(4), 'the connection slow', 4)).toBe(3)
  expect(takeAll(new SlotShares(100), 'the connection slow', 100)).toBe(75)
})

test('a worker of few slots gives them all to one org', () => {
  expect(takeAll(new SlotShares(3), 'the connection slow', 3)).toBe(3)
  expect(takeAll(new SlotShares(1), 'the connection slow', 1)).toBe(1)
})

test('the last slots go to those that have none, and to steps that wait for no one', () => {
  const shares = new SlotShares(8)
  takeAll(shares, 'the connection slow', 8)
  expect(takeAll(shares, 'the connection good', 2)).toBe(1)
  expect(takeAll(shares, undefined, 1)).toBe(1)
})

test('a slot that is given back can be taken again', () => {
  const shares = new SlotShares(4)
  const [giveBack] = Array.from({ length: 3 }, () => shares.take('the connection slow'))
  expect(shares.take('the connection slow')).toBeUndefined()
  giveBack?.()
  expect(shares.take('the connection slow')).toBeDefined()
})
