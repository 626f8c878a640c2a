import { expect, test } from 'vitest'
import { z } from 'zod'
import { PUBLISHED_SCHEMAS } from '../../../packages/client/contract/published.ts'
import { receiveRecordsInputSchema } from '../../../packages/client/contract/receiveRecords.ts'

const WEEK = 7 * 24 * 3_600_000

test('the published schema has the limits that the receiver enforces', () => {
  const { properties } = z.toJSONSchema(PUBLISHED_SCHEMAS['receiveRecords.input'], { io: 'input', target: 'draft-7' })
  expect(properties).toMatchObject({
    gatherFor: { anyOf: [{ minimum: 0, maximum: 60_000 }, { type: 'null' }] },
    idleFor: { anyOf: [{ minimum: 1, maximum: WEEK }, { type: 'null' }] },
  })
  expect(receiveRecordsInputSchema.safeParse({ sync: 'contacts', idleFor: WEEK }).success).toBe(true)
  expect(receiveRecordsInputSchema.safeParse({ sync: 'contacts', idleFor: WEEK + 1 }).success).toBe(false)
})
