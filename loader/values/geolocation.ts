// Latitudes and longitudes: alone, or both in one column.
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import { decimalConverter } from './number.ts'
import { trimValue } from './text.ts'
import { type FieldConverter, notInForm, shownValue, type ValueContext, type ValueProblem } from './valueProblem.ts'

/**
 * Degrees on both sides of zero.
 * https://help.salesforce.com/s/articleView?id=platform.custom_field_geolocate_overview.htm
 */
const MOST_DEGREES = { latitude: 90, longitude: 180 } as const

type Part = keyof typeof MOST_DEGREES

const PARTS = /(Latitude|Longitude)(?:__s)?$/

/** Which part of a geolocation or of an address a field is; undefined for another one. */
function partOf({ type, name }: FieldDescribe): Part | undefined {
  const part = type === 'double' ? PARTS.exec(name)?.[1] : undefined
  return part === undefined ? undefined : (part.toLowerCase() as Part)
}

/** Whether the field is a latitude or a longitude: of a geolocation field, or of an address. */
export const isCoordinate = (field: FieldDescribe): boolean => partOf(field) !== undefined

/** The two fields that hold the parts of a geolocation field, which itself cannot be written. */
export function partNames(location: string): readonly string[] {
  return Object.keys(MOST_DEGREES).map(part =>
    location.replace(/__c$/i, `__${part.charAt(0).toUpperCase()}${part.slice(1)}__s`),
  )
}

/** A number within the range of its field. */
export function coordinateConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const convert = decimalConverter(context, formats)
  const part = partOf(context.field)
  if (part === undefined) return convert
  return raw => {
    const value = convert(raw)
    return typeof value === 'string' && isOutside(value, part) ? outside(context, raw, value, part) : value
  }
}

const isOutside = (degrees: string, part: Part): boolean => Math.abs(Number(degrees)) > MOST_DEGREES[part]

function outside({ field, column }: ValueContext, raw: string, degrees: string, part: Part, hint = ''): ValueProblem {
  const most = MOST_DEGREES[part]
  const where = column === '' ? 'constant in the sync spec' : `column ${column}`
  const message = `${field.label}: value outside of valid range on numeric field: ${shownValue(raw)}: the ${part} ${degrees} is not between -${most} and ${most}${hint} (${where})`
  return { code: 'NUMBER_OUTSIDE_VALID_RANGE', message }
}

const EXPECTED =
  'latitude and longitude in degrees with one reading, such as 48.1372, 11.5755 or 48,1372; 11,5755 or 48.1372 N 11.5755 E'

/** Converts a text with both coordinates to the one of the field. */
export function locationConverter(context: ValueContext): FieldConverter {
  const convert = decimalConverter(context, { dates: [], timeZone: 'UTC', decimalSeparator: '.' })
  const own = partOf(context.field) ?? 'latitude'
  return raw => {
    const text = trimValue(raw)
    const degrees = readLocation(text)
    if (degrees === undefined) return notInForm(context, text, 'a location', EXPECTED)
    for (const part of ['latitude', 'longitude'] as const) {
      if (isOutside(degrees[part], part))
        return outside(context, text, degrees[part], part, '; the latitude comes first')
    }
    return convert(degrees[own])
  }
}

type Location = Readonly<Record<Part, string>>

/** A number, with at most one letter for its direction. */
const COORDINATE = /^([NSEW]?)\s*([-+]?)(\d{1,3})(?:([.,])(\d{1,20}))?\s*°?\s*([NSEW]?)$/i
const SEPARATOR = /\s*[;,|/]\s*|\s+/g
const LONGEST = 100

/** The coordinates of a text that has one reading only. */
function readLocation(given: string): Location | undefined {
  if (given.length > LONGEST) return undefined
  const text = given.replace(/[\u2212\u2013]/g, '-').replace(/\s+/g, ' ')
  const readings = [...text.matchAll(SEPARATOR)].flatMap(({ 0: separator, index }) => {
    const first = readCoordinate(text.slice(0, index))
    const second = readCoordinate(text.slice(index + separator.length))
    if (!first || !second || isOneNumber(first, separator, second)) return []
    if (first.mark !== '' && second.mark !== '' && first.mark !== second.mark) return []
    return locationOf(first, second) ?? []
  })
  return readings.length === 1 ? readings[0] : undefined
}

type Coordinate = {
  readonly degrees: string
  readonly mark: string
  readonly sign: string
  readonly letter: string
}

function readCoordinate(text: string): Coordinate | undefined {
  const match = COORDINATE.exec(text)
  if (!match) return undefined
  const [, before = '', sign = '', whole = '', mark = '', decimals = '', after = ''] = match
  const letter = (before + after).toUpperCase()
  // A sign beside a letter may turn the direction round, or say the same once more.
  if (letter.length > 1 || (letter !== '' && sign !== '')) return undefined
  const minus = sign === '-' || letter === 'S' || letter === 'W' ? '-' : ''
  return { degrees: `${minus}${whole}${mark === '' ? '' : `.${decimals}`}`, mark, sign, letter }
}

/** `48,11` may be a latitude alone, with a decimal comma. */
const isOneNumber = (first: Coordinate, separator: string, second: Coordinate): boolean =>
  separator === ',' && first.mark === '' && first.letter === '' && second.mark === '' && second.sign === ''

/** The latitude comes first, unless letters say otherwise. */
function locationOf(first: Coordinate, second: Coordinate): Location | undefined {
  const axes = [axisOf(first), axisOf(second)].join(' ')
  if (axes === 'longitude latitude') return { latitude: second.degrees, longitude: first.degrees }
  const isInOrder = axes === ' ' || axes === 'latitude longitude'
  return isInOrder ? { latitude: first.degrees, longitude: second.degrees } : undefined
}

function axisOf({ letter }: Coordinate): Part | '' {
  if (letter === '') return ''
  return letter === 'N' || letter === 'S' ? 'latitude' : 'longitude'
}
