import { trimValue } from './text.ts'
import { type FieldConverter, notInForm, type ValueContext } from './valueProblem.ts'

const TIME = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(?:Z|[+-]00:?00)?$/

/** `HH:mm:ss.SSSZ`: a time of day without a time zone, which Salesforce writes as UTC. */
export function timeConverter(context: ValueContext): FieldConverter {
  return raw => canonicalTime(raw) ?? notInForm(context, raw, 'a time of day', 'HH:mm or HH:mm:ss')
}

export function timeKey(text: string): string {
  return canonicalTime(text) ?? trimValue(text)
}

function canonicalTime(text: string): string | undefined {
  const match = TIME.exec(trimValue(text))
  if (!match) return undefined
  const [, hour = '', minute = '', second = '00', fraction = ''] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return `${hour.padStart(2, '0')}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
}
