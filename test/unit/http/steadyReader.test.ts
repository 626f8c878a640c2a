import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SteadyReader } from '../../../loader/http/steadyReader.ts'

// A busy machine may stop this process for tenths of a second.
const LIMITS = { window: 600, leastBytes: 10 }

/** A body that sends so many bytes every ten milliseconds. */
async function* sending(bytes: number, times: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < times; at++) {
    await sleep(10)
    yield Buffer.alloc(bytes)
  }
}

async function read(bytes: number, times: number, consume: () => Promise<void> = async () => undefined) {
  let length = 0
  for await (const part of new SteadyReader(undefined, LIMITS).read(Readable.from(sending(bytes, times)))) {
    length += part.byteLength
    await consume()
  }
  return length
}

test('a body that keeps the least rate is read to its end', async () => {
  expect(await read(5, 80)).toBe(400)
})

test('a body that is too slow ends the read', async () => {
  await expect(read(0, 1_000)).rejects.toMatchObject({ name: 'TooSlowError', code: 'ETIMEDOUT' })
})

test('a slow consumer is not the fault of the server', async () => {
  expect(await read(1, 3, () => sleep(700))).toBe(3)
})

test('a body that is cut off again and again counts as one', async () => {
  const reader = new SteadyReader(undefined, LIMITS)
  const again = async () => {
    for (;;) for await (const _ of reader.read(Readable.from(sending(0, 2))));
  }
  await expect(again()).rejects.toMatchObject({ name: 'TooSlowError' })
})

test('the signal ends the read with its reason', async () => {
  const ended = new AbortController()
  const reason = new Error('cancelled')
  setTimeout(() => ended.abort(reason), 20)
  const reading = async () => {
    for await (const _ of new SteadyReader(ended.signal).read(Readable.from(sending(1, 1_000))));
  }
  await expect(reading()).rejects.toBe(reason)
})
