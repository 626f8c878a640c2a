// Tasks of one lane run one after another.
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Lanes } from '../../../workflows/concurrency.ts'

/** Tasks that end when they are let go. */
function newTasks() {
  const started: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const task = (name: string) => async () => {
    started.push(name)
    const end = Promise.withResolvers<void>()
    ends.set(name, end)
    await end.promise
  }
  return {
    started,
    task,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  }
}

test('tasks of one lane run one after another, those of other lanes and without a lane beside them', async () => {
  const { started, task, end } = newTasks()
  const lanes = new Lanes()
  const all = [
    lanes.run(1, task('1a')),
    lanes.run(1, task('1b')),
    lanes.run(2, task('2a')),
    lanes.run(undefined, task('free')),
  ]
  await setImmediate()
  expect(started.toSorted()).toEqual(['1a', '2a', 'free'])
  end('1a')
  await setImmediate()
  expect(started.at(-1)).toBe('1b')
  for (const name of ['1b', '2a', 'free']) end(name)
  await Promise.all(all)
})

test('a task that waits in a lane does not start after a task of any lane has failed, and fails with its reason', async () => {
  const { started, task, end, fail } = newTasks()
  const lanes = new Lanes()
  const all = [lanes.run(1, task('1a')), lanes.run(1, task('1b')), lanes.run(2, task('2a')), lanes.run(2, task('2b'))]
  const ended = Promise.allSettled(all)
  await setImmediate()
  fail('1a')
  await setImmediate()
  end('2a')
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected'])
  await expect(all[3]).rejects.toThrow('1a')
  expect(started).toEqual(['1a', '2a'])
})
