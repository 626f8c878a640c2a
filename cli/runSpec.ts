// The sync spec of one run: the sync of the configuration with the overrides of the command line.
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import type { Configuration } from '../config/configuration.ts'
import { pathText } from '../config/problems.ts'
import {
  fillPlaceholders,
  openPlaceholders,
  placeholderValueProblem,
  readScheduledTime,
  scheduledPlaceholderProblem,
  setPlaceholder,
} from '../loader/schedule/placeholders.ts'
import { DEFAULT_SCHEDULE_TIME_ZONE } from '../loader/schedule/schedule.ts'
import { checkSourceUri } from '../loader/sources/sourceUri.ts'
import { parseSyncSpec, writtenSpec } from '../loader/spec/parseSyncSpec.ts'
import { isObject } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { present } from '../packages/client/contract/scalars.ts'
import { type SyncSpec, writtenSyncSpecSchema } from '../packages/client/contract/syncSpec.ts'
import { CommandError } from './commandError.ts'

export type RunOptions = {
  /** URI in place of the sync's source. */
  readonly source?: string
  /** `key=value`, in order. */
  readonly set: readonly string[]
  /** Fills `{date}` and the other placeholders; by the clock of the sync's schedule when it has no offset. */
  readonly scheduledTime?: string
  /** Only the first so many records of the source. */
  readonly limit?: number
  /** The runs of the parents, by their sync. */
  readonly parentRuns?: Readonly<Record<string, string>>
}

/** Throws CommandError when there is no such sync, or the options don't fit it; SourceFileError when no source can have the URI. */
export function runSpec(configuration: Configuration, name: string, options: RunOptions): SyncSpec {
  const timeZone = configuration.schedules.get(name)?.timeZone ?? DEFAULT_SCHEDULE_TIME_ZONE
  const filled = withScheduledTime(name, changedSpec(configuration, name, options), options.scheduledTime, timeZone)
  const open = placeholders(filled)[0]
  if (open !== undefined) throw openPlaceholder(name, open)
  // The worker checks its location, because its dataDirectories may differ.
  if ('uri' in filled.source) checkSourceUri(filled.source.uri)
  return filled
}

export function openPlaceholder(name: string, open: string): CommandError {
  const byTime = scheduledPlaceholderProblem(open) === undefined ? ', or a time: --scheduled-time …' : ''
  return new CommandError(`The source of the sync ${name} leaves {${open}} open. Give it: --set ${open}=…${byTime}`)
}

/** The sync with its options, and with the placeholders that a time fills. Throws CommandError when there is no such sync, or the options don't fit it. */
export function changedSpec(configuration: Configuration, name: string, options: RunOptions): SyncSpec {
  const spec = configuration.syncs.get(name)
  if (spec === undefined) throw unknownSync(configuration, name)
  const written = writtenSpec(spec)
  const withOptions = {
    ...written,
    ...(options.source === undefined ? {} : { source: { uri: options.source } }),
    ...present({ limit: options.limit, parentRuns: options.parentRuns }),
  }
  const changed = options.set.reduce<Written>((before, setting) => applySetting(before, setting), withOptions)
  const parsed = parseSyncSpec(changed, { shape: writtenSyncSpecSchema })
  if (parsed.ok) return parsed.spec
  const lines = parsed.problems.map(({ path, message }) =>
    [...(path.length > 0 ? [pathText(path)] : []), message].join(': '),
  )
  throw new CommandError(`The sync ${name} with these options: ${lines.join('; ')}`)
}

function withScheduledTime(name: string, spec: SyncSpec, text: string | undefined, timeZone: string): SyncSpec {
  if (text === undefined) return spec
  const read = readScheduledTime(text, timeZone)
  if ('problem' in read) throw new CommandError(`--scheduled-time: ${read.problem}`)
  const { source } = spec
  const filled = fillPlaceholders(source, read.time, timeZone)
  if (isDeepStrictEqual(filled, source)) {
    throw new CommandError(
      `--scheduled-time fills nothing: the source of the sync ${name} has no {date} or other time in its uri or query. Leave it out`,
    )
  }
  return { ...spec, source: filled }
}

type Written = Readonly<Record<string, unknown>>

function unknownSync({ file, syncs }: Configuration, name: string): CommandError {
  const names = [...syncs.keys()]
  const known = names.length === 0 ? 'it has no syncs' : `its syncs are ${names.join(', ')}`
  return new CommandError(`There is no sync '${name}' in ${file}: ${known}${didYouMean(name, names)}`)
}

function applySetting(written: Written, setting: string): Written {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? []
  if (key === undefined || value === undefined) {
    throw new CommandError(`--set is '${setting}'; write it as key=value, like date=2026-11-25 or maxRejected=10`)
  }
  const { source } = written
  if (placeholders(written).includes(key) && isObject(source)) {
    const problem = placeholderValueProblem(source, key, value)
    if (problem !== undefined) throw new CommandError(`--set ${key}: ${problem}`)
    return { ...written, source: setPlaceholder(source, key, value) }
  }
  const path = pathOf(key)
  // The value of a field is text: 007 stays as it is.
  return replaced(written, path, isFieldText(path) ? value : parsedValue(value))
}

const isFieldText = ([key, , part]: readonly string[]): boolean =>
  key === 'fields' && (part === 'value' || part === 'default' || part === 'separator')

/** The name of a field may have dots itself: `fields.Account.Ext_Id__c`, `fields.LeadSource.value`. */
function pathOf(key: string): readonly string[] {
  const [, field, part] = /^fields\.(.+?)(?:\.(column|values?|unlisted|default|separator))?$/.exec(key) ?? []
  if (field === undefined) return key.split('.')
  return part === undefined ? ['fields', field] : ['fields', field, part]
}

export const placeholders = ({ source }: { readonly source?: unknown }): readonly string[] =>
  isObject(source) ? openPlaceholders(source) : []

function replaced(written: Written, [key = '', ...rest]: readonly string[], value: unknown): Written {
  if (rest.length === 0) return { ...written, [key]: value }
  const inner = written[key]
  // A field has a column or a value.
  const replaces = rest[0] === 'value' || (rest[0] === 'column' && isObject(inner) && 'value' in inner)
  return { ...written, [key]: replaced(isObject(inner) && !replaces ? inner : {}, rest, value) }
}

/** What YAML reads as something else than a text. */
const NOT_TEXT = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?|["'[{].*)$/s

/** As in the configuration: 10 is a number, true is true, {column: x} is a mapping. Other texts are taken as they are: | and #. */
function parsedValue(text: string): unknown {
  if (!NOT_TEXT.test(text)) return text
  try {
    return parse(text, { prettyErrors: false })
  } catch {
    return text
  }
}
