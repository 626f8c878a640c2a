// What is wrong with a call or with the input of a receiver, which a program in any language has put together.

import { MAX_INLINE_BYTES } from './defaults.ts'
import { isObject, shownValue } from './givenValue.ts'
import { didYouMean } from './nearestName.ts'
import { CALL_ID_LENGTH, MOST_CALL_RECORDS } from './receivedCalls.ts'
import { zeroCharacterProblem } from './zeroCharacter.ts'

const CALL_KEYS = ['id', 'records']
const CALL_EXAMPLE = '{"id": "order-4712", "records": [{"last_name": "Silva"}]}'

const RECEIVER_KEYS = ['sync', 'gatherFor', 'idleFor']
const RECEIVER_EXAMPLE = '{"sync": "contacts"}'
/** Milliseconds. */
const LONGEST_GATHER = 60_000
const LONGEST_IDLE = 7 * 24 * 3_600_000

/** In one sentence, with what to do; undefined when nothing is. @param bytes of a text in UTF-8 */
export function callProblem(given: unknown, bytes: (text: string) => number): string | undefined {
  if (!isObject(given)) return `A call is one object such as ${CALL_EXAMPLE}; given ${shown(given)}`
  const unknown = unknownKey(given, CALL_KEYS)
  if (unknown !== undefined) return `A call: ${unknown}`
  const { id, records } = given
  if (typeof id !== 'string' || id.trim() === '' || id.length > CALL_ID_LENGTH) {
    return `A call's id is a text of 1 to ${CALL_ID_LENGTH} characters that names the call, so that it can be repeated; given ${shown(id)}`
  }
  if (!Array.isArray(records)) return `Call ${id}: records is an array of objects; given ${shown(records)}`
  if (records.length === 0) return `Call ${id} has no records; give at least one`
  if (records.length > MOST_CALL_RECORDS) {
    return `Call ${id} has ${records.length} records; allowed are ${MOST_CALL_RECORDS}. Make several calls, or start syncRecords`
  }
  for (const [index, record] of records.entries()) {
    const problem = recordProblem(record)
    if (problem !== undefined) return `Call ${id}, record ${index + 1}: ${problem}`
  }
  const size = bytes(JSON.stringify(records))
  if (size <= MAX_INLINE_BYTES) return undefined
  return `Call ${id} takes ${size} bytes as JSON; allowed are ${MAX_INLINE_BYTES}. Make several calls, or load a file`
}

/** In one sentence; undefined when nothing is wrong. Null stands for left out. */
export function receiverProblem(given: unknown): string | undefined {
  if (!isObject(given))
    return `The input of receiveRecords is one object such as ${RECEIVER_EXAMPLE}; given ${shown(given)}`
  const unknown = unknownKey(given, RECEIVER_KEYS)
  if (unknown !== undefined) return `The input of receiveRecords: ${unknown}`
  const { sync, gatherFor, idleFor } = given
  if (typeof sync !== 'string' || sync === '') {
    return `The input of receiveRecords: sync is the name of a sync, as in ${RECEIVER_EXAMPLE}; given ${shown(sync)}`
  }
  return (
    durationProblem('gatherFor', gatherFor, [0, LONGEST_GATHER]) ??
    durationProblem('idleFor', idleFor, [1, LONGEST_IDLE])
  )
}

function durationProblem(key: string, value: unknown, [least, most]: readonly [number, number]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return undefined
  return `The input of receiveRecords: ${key} is a whole number of milliseconds from ${least} to ${most}; given ${shown(value)}`
}

function recordProblem(record: unknown): string | undefined {
  if (!isObject(record)) return `expected an object of column and value; given ${shown(record)}`
  for (const [column, value] of Object.entries(record)) {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      return `column ${column}: expected a text, a number, true, false or null; given ${shown(value)}`
    }
    const problem = zeroCharacterProblem(column) ?? zeroCharacterProblem(value)
    if (problem !== undefined) return `column ${shown(column)}: ${problem}`
  }
  return Object.keys(record).length === 0 ? 'it has no columns' : undefined
}

function unknownKey(given: object, allowed: readonly string[]): string | undefined {
  const key = Object.keys(given).find(name => !allowed.includes(name))
  if (key === undefined) return undefined
  return `unknown key "${key}"; allowed: ${allowed.join(', ')}${didYouMean(key, allowed)}`
}

/** Characters shown of what was given. */
const SHOWN = 100

const shown = (value: unknown): string => shownValue(value, SHOWN)
