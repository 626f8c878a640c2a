import { javaDouble } from './decimal.ts'

/** A number in JSON with the spelling of its text. */
type RawNumber = { readonly rawJSON: string }

// In Node since version 21; TypeScript does not declare it yet.
const rawJson = JSON as unknown as {
  readonly rawJSON: (text: string) => RawNumber
  readonly isRawJSON: (value: unknown) => value is RawNumber
}

/** A double as an org writes it, in JSON and in CSV: `67.0`, `3.5E8`. */
export function javaNumber(value: number): RawNumber {
  return rawJson.rawJSON(javaDouble(String(value)))
}

export function isRawNumber(value: unknown): value is RawNumber {
  return rawJson.isRawJSON(value)
}
