import { trimValue } from './text.ts'
import { type FieldConverter, notInForm, type ValueContext } from './valueProblem.ts'

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['1', 'true'],
  ['yes', 'true'],
  ['false', 'false'],
  ['0', 'false'],
  ['no', 'false'],
])

/** `true` or `false`, from true, false, 1, 0, yes, no in any letter case. */
export function booleanConverter(context: ValueContext): FieldConverter {
  return raw =>
    SPELLINGS.get(trimValue(raw).toLowerCase()) ??
    notInForm(context, raw, 'a checkbox value', 'true, false, 1, 0, yes or no')
}

export function booleanKey(text: string): string {
  const trimmed = trimValue(text)
  return SPELLINGS.get(trimmed.toLowerCase()) ?? trimmed
}
