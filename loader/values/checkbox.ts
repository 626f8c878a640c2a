import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { type ByteCheck, type CheckContext, wordCheck } from './byteCheck.ts'
import { canonicalText, trimValue } from './text.ts'
import { type FieldConverter, notInForm, type ValueContext } from './valueProblem.ts'

type Words = ValueFormats['checkbox']

/**
 * The words that Data Loader accepts.
 * https://developer.salesforce.com/docs/atlas.en-us.dataLoader.meta/dataLoader/supported_data_types.htm
 */
const TRUE = ['true', 'yes', 'y', 'on', '1'] as const
const FALSE = ['false', 'no', 'n', 'off', '0'] as const

const KNOWN = compileWords(undefined)

/** `true` or `false`, from Data Loader's words and those that the spec declares, in any letter case. */
export function checkboxConverter(context: ValueContext, { checkbox }: ValueFormats): FieldConverter {
  const words = compileWords(checkbox)
  const declared = [...(checkbox?.true ?? []), ...(checkbox?.false ?? [])]
  const expected = [...TRUE, ...FALSE, ...declared].join(', ')
  return raw => words.get(wordKey(raw)) ?? notInForm(context, raw, 'a checkbox value', `${expected}; ${OTHERS}`)
}

const OTHERS = 'declare other words as formats.checkbox: {true: [Ja], false: [Nein]}'

export const checkboxCheck = (context: CheckContext): ByteCheck => wordCheck(['true', 'false'], context)

export function checkboxKey(text: string): string {
  return KNOWN.get(wordKey(text)) ?? trimValue(text)
}

/** A word that means both; undefined when every word has one meaning. */
export function checkboxWordProblem(declared: Words): string | undefined {
  if (!declared) return undefined
  const meansTrue = new Set([...TRUE, ...declared.true].map(wordKey))
  const word = [...FALSE, ...declared.false].find(one => meansTrue.has(wordKey(one)))
  return word === undefined ? undefined : `${JSON.stringify(word)} means both true and false`
}

function compileWords(declared: Words): ReadonlyMap<string, 'true' | 'false'> {
  return new Map([
    ...[...TRUE, ...(declared?.true ?? [])].map(word => [wordKey(word), 'true'] as const),
    ...[...FALSE, ...(declared?.false ?? [])].map(word => [wordKey(word), 'false'] as const),
  ])
}

function wordKey(text: string): string {
  return canonicalText(text).toLowerCase()
}
