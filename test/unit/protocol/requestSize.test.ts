import { expect, test } from 'vitest'
import { RequestSize } from '../../../loader/protocol/collections/requestSize.ts'

/** The sizes that are sent of so many records, in an org that accepts at most `accepts` in one request. */
function sizesOf(records: number, accepts: (first: number, count: number) => boolean): readonly number[] {
  const size = new RequestSize()
  const sent: number[] = []
  const send = (first: number, count: number): void => {
    const half = Math.ceil(count / 2)
    const isSent = size.fits(count)
    if (isSent) sent.push(count)
    if (isSent && (accepts(first, count) || count === 1)) {
      size.accepted(count)
      return
    }
    if (isSent) size.rejected(count)
    send(first, half)
    if (count > half) send(first + half, count - half)
  }
  for (let first = 0; first < records; first += 200) send(first, Math.min(200, records - first))
  return sent
}

test('all records fit until a request is rejected', () => {
  expect(sizesOf(600, () => true)).toEqual([200, 200, 200])
})

test('a size that was rejected is tried again more and more rarely', () => {
  const sizes = sizesOf(20_000, (_, count) => count <= 60)
  expect(sizes.filter(count => count <= 60)).toHaveLength(400)
  expect(sizes.filter(count => count > 60).length).toBeLessThan(10)
})

test('one record that is rejected alone does not leave the others to be sent one by one', () => {
  const sizes = sizesOf(10_000, (first, count) => first > 5 || first + count <= 5)
  expect(sizes.length).toBeLessThan(120)
  expect(sizes.at(-1)).toBe(200)
})

test('an org that accepts one record at a time gets them one by one', () => {
  const sizes = sizesOf(200, (_, count) => count === 1)
  expect(sizes.filter(count => count === 1)).toHaveLength(200)
  expect(sizes.length).toBeLessThan(220)
})
