import type { FieldDescribe } from '../salesforce/describe.ts'
import type { ByteCheck, CheckContext } from './byteCheck.ts'
import { lookupForm } from './lookupForm.ts'
import { trimValue } from './text.ts'
import { type FieldConverter, shownValue, type ValueContext } from './valueProblem.ts'

const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const SHORT = 15
const LONG = 18
const PART = 5

/** The three characters that encode which of the 15 characters of an Id are capital letters; undefined for text that is no Id. */
function suffixOf(id: string): string | undefined {
  let suffix = ''
  for (let start = 0; start < SHORT; start += PART) {
    let bits = 0
    for (let i = 0; i < PART; i++) {
      const code = id.charCodeAt(start + i)
      const upper = code >= 65 && code <= 90
      if (!upper && !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57)) return undefined
      if (upper) bits |= 1 << i
    }
    suffix += SUFFIX_ALPHABET.charAt(bits)
  }
  return suffix
}

/**
 * The 18-character form of a record Id of 15 or 18 characters; undefined when it is not an Id, or its last three characters
 * do not fit. Ids of 15 characters differ by letter case; the last three of 18 encode the case. (Verified on recorded ids.)
 */
function recordId(text: string): string | undefined {
  if (text.length !== SHORT && text.length !== LONG) return undefined
  const suffix = suffixOf(text)
  if (suffix === undefined) return undefined
  if (text.length === SHORT || text.slice(SHORT).toUpperCase() === suffix) return text.slice(0, SHORT) + suffix
  return undefined
}

/**
 * An Id of 18 characters whose letters a spreadsheet or a database made all small or all capital, with the case that its last
 * three characters encode; undefined for any other text.
 */
function withCaseRestored(text: string): string | undefined {
  if (text.length !== LONG || suffixOf(text) === undefined) return undefined
  const id = text.slice(0, SHORT)
  if (id !== id.toLowerCase() && id !== id.toUpperCase()) return undefined
  const suffix = text.slice(SHORT).toUpperCase()
  const restored = [...id.toLowerCase()].map((character, place) => {
    const bits = SUFFIX_ALPHABET.indexOf(suffix.charAt(Math.floor(place / PART)))
    return bits & (1 << (place % PART)) ? character.toUpperCase() : character
  })
  return recordId(restored.join('') + suffix)
}

/** Converts ids to their 18-character form; accepts only ids of one object when its key prefix is given. */
export function recordIdConverter(context: ValueContext, keyPrefix?: string | null): FieldConverter {
  const { field } = context
  return raw => {
    const text = trimValue(raw)
    const id = recordId(text) ?? withCaseRestored(text)
    if (id !== undefined && (!keyPrefix || id.startsWith(keyPrefix))) return id
    const message = `${field.label}: id value of incorrect type: ${shownValue(text)}`
    return {
      code: 'MALFORMED_ID',
      message: `${message}${id === undefined ? adviceFor(text, context) : otherObject(keyPrefix)}`,
    }
  }
}

/** Ids of 18 characters whose last three fit. */
export function recordIdCheck({ keyPrefix }: CheckContext): ByteCheck {
  const prefix = Buffer.from(keyPrefix ?? '')
  return (bytes, start, end) => {
    if (end - start !== LONG) return false
    for (let at = 0; at < prefix.length; at++) if (bytes[start + at] !== prefix[at]) return false
    for (let part = 0; part < SHORT / PART; part++) {
      if (bytes[start + SHORT + part] !== suffixAt(bytes, start + part * PART)) return false
    }
    return true
  }
}

/** The character that encodes which of five characters of an Id are capital letters; undefined for text that is no Id. */
function suffixAt(bytes: Uint8Array, from: number): number | undefined {
  let bits = 0
  for (let i = 0; i < PART; i++) {
    const code = bytes[from + i] as number
    const upper = code >= 65 && code <= 90
    if (!upper && !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57)) return undefined
    if (upper) bits |= 1 << i
  }
  return SUFFIX_ALPHABET.charCodeAt(bits)
}

const otherObject = (keyPrefix: string | null | undefined): string =>
  `; Ids of this object begin with ${keyPrefix ?? 'another prefix'}`

function adviceFor(text: string, { field, column }: ValueContext): string {
  if (text.length === LONG && suffixOf(text) !== undefined) {
    return '; its last three characters do not fit its upper and lower case letters: the letter case was lost, or a character is wrong'
  }
  if (field.name === 'RecordTypeId') return '; to give its name, map RecordType.DeveloperName instead of RecordTypeId'
  return otherField(text, field, column)
}

/** Objects of a lookup that a message lists; a lookup such as Task.WhatId leads to a hundred. */
const SHOWN_OBJECTS = 5

/** People give the name of the parent, or the e-mail address of a person. */
function otherField(text: string, { name, referenceTo }: FieldDescribe, column: string): string {
  if (referenceTo.length === 0) return ''
  const by = text.includes('@') ? 'Email' : 'Name'
  // A queue has no e-mail address.
  const found = referenceTo.filter(object => by === 'Name' || object !== 'Group')
  const form = lookupForm(name, found.length > SHOWN_OBJECTS ? ['OBJECT'] : found, by, column)
  return `; to find the record by another field, map ${form}`
}

/** Salesforce writes 18 characters itself, so only 15 need completing. */
export function recordIdKey(text: string): string {
  const trimmed = trimValue(text)
  if (trimmed.length === LONG) return trimmed
  return recordId(trimmed) ?? trimmed
}
