import { maskedDigits } from './digitMask.ts'
import type { Section } from './formatSection.ts'
import { GENERAL, type NumberFormat, sectionFor } from './numberFormat.ts'
import { numberText, percentText } from './numberText.ts'
import { compileDayText, dateTimeText, elapsedText, timeText } from './serialTime.ts'

/** A cell without text, as it is stored. */
export type StoredCell = {
  /** As in the XML: `n`, `b`, `e`, `d`. */
  readonly type: string
  /** Number of its style. */
  readonly style: number
  readonly value: string
}

export type CellSettings = {
  readonly formats: readonly NumberFormat[]
  readonly is1904: boolean
  /** What decimals follow in the text of a number. */
  readonly decimalSeparator: string
  /** Called for a value whose format does not show all of it: the time of a date, or the date of a time. */
  readonly onHiddenPart: () => void
}

/**
 * Compiles a function that gives the value of a cell as text, undefined when what is stored is not valid.
 * A date, a time, a percentage and a code such as 00123 are read by the number format, any other number as it is stored.
 */
export function compileCellText(settings: CellSettings): (cell: StoredCell) => string | undefined {
  const { formats, is1904, decimalSeparator, onHiddenPart } = settings
  const textOfDay = compileDayText(is1904)
  const written = (plain: string | undefined) =>
    decimalSeparator === '.' ? plain : plain?.replace('.', decimalSeparator)

  function numberIn(section: Section, stored: string): string | undefined {
    const plain = numberText(stored)
    if (plain === undefined) return undefined
    if (section.kind === 'number') return written(plain)
    if (section.kind === 'percent') return written(percentText(plain))
    if (section.kind === 'mask') return /^\d+$/.test(plain) ? maskedDigits(section.mask, plain) : written(plain)
    const serial = Number(stored)
    const { kind, hasFractions } = section
    if (kind === 'elapsed') return elapsedText(serial, hasFractions)
    if (kind === 'date and time') return dateTimeText(serial, hasFractions, textOfDay)
    const day = Math.floor(serial)
    if (kind === 'date' ? serial !== day : serial >= 1) onHiddenPart()
    return kind === 'date' ? textOfDay(day) : timeText(serial, hasFractions)
  }

  function isoIn(kind: Section['kind'] | undefined, value: string): string | undefined {
    const { date, time } = readIso(value)
    if (date === undefined) return time
    const isMidnight = time === undefined || time === MIDNIGHT
    if (kind === 'date' && !isMidnight) onHiddenPart()
    return kind === 'date' || (isMidnight && kind !== 'date and time') ? date : `${date}T${time ?? MIDNIGHT}`
  }

  return ({ type, style, value }) => {
    switch (type) {
      case 'n': {
        const format = formats[style] ?? GENERAL
        return numberIn(format.length === 1 ? (format[0] as Section) : sectionFor(format, Number(value)), value)
      }
      case 'b':
        return BOOLEANS[value]
      case 'e':
        return value
      case 'd':
        return isoIn(formats[style]?.[0]?.kind, value)
      default:
        return undefined
    }
  }
}

const MIDNIGHT = '00:00:00'

const BOOLEANS: Readonly<Record<string, string>> = { 0: 'false', 1: 'true', false: 'false', true: 'true' }

const ISO = /^(?<date>\d{4}-\d\d-\d\d)?(?:(?:^|T)(?<clock>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d+))?)?(?:Z|[+-]\d\d:\d\d)?$/

/** A date or a time as strict workbooks have it: as text. A workbook has no time zones, and Excel shows the time as it is written. */
function readIso(value: string): { readonly date: string | undefined; readonly time: string | undefined } {
  const { date, clock, fraction = '' } = ISO.exec(value)?.groups ?? {}
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  const time = clock && (milliseconds === '000' ? clock : `${clock}.${milliseconds}`)
  return { date, time }
}
