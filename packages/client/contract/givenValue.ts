// What a program of any language may have given, where it is looked at and repeated in an error.

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as JSON. @param most characters before it is cut */
export function shownValue(value: unknown, most: number): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > most ? `${text.slice(0, most)}…` : text
}
