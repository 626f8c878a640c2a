// The sync spec of one run: what the configuration says, with what the command line puts in its place.
import { parse } from 'yaml'
import { didYouMean } from '../sync/nearestName.ts'
import { parseSyncSpec } from '../sync/parseSyncSpec.ts'
import type { SyncSpec } from '../sync/spec.ts'
import type { Configuration } from '../workers/configFile.ts'
import { pathText } from '../workers/configProblem.ts'
import { CommandError } from './commandError.ts'

export type RunOptions = {
  /** URI in place of the sync's source. */
  readonly source?: string
  /** `key=value`, in order. */
  readonly set: readonly string[]
}

/** Throws CommandError when there is no such sync, or the options don't fit it. */
export function runSpec(configuration: Configuration, name: string, options: RunOptions): SyncSpec {
  const spec = configuration.syncs.get(name)
  if (spec === undefined) throw unknownSync(configuration, name)
  const withSource = options.source === undefined ? spec : { ...spec, source: { uri: options.source } }
  const changed = options.set.reduce<Written>((written, setting) => applySetting(written, setting), withSource)
  const parsed = parseSyncSpec(changed)
  if (!parsed.ok) {
    const lines = parsed.problems.map(({ path, message }) => `${pathText(path)}: ${message}`)
    throw new CommandError(`The sync ${name} with these options: ${lines.join('\n')}`)
  }
  const open = placeholders(parsed.spec)[0]
  if (open !== undefined) {
    throw new CommandError(`The source of the sync ${name} leaves {${open}} open. Give it: --set ${open}=…`)
  }
  return parsed.spec
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
  if (placeholders(written).includes(key) && isMapping(source)) {
    return {
      ...written,
      source: { ...source, uri: String(source['uri']).replaceAll(`{${key}}`, encodeURIComponent(value)) },
    }
  }
  return replaced(written, key.split('.'), parsedValue(value))
}

/** Names in braces in the source's URI. */
function placeholders(written: { readonly source?: unknown }): readonly string[] {
  const uri = isMapping(written.source) ? written.source['uri'] : undefined
  if (typeof uri !== 'string') return []
  return [...uri.matchAll(/\{([\w-]+)\}/g)].map(([, name]) => name ?? '')
}

function replaced(written: Written, [key = '', ...rest]: readonly string[], value: unknown): Written {
  const inner = written[key]
  return { ...written, [key]: rest.length === 0 ? value : replaced(isMapping(inner) ? inner : {}, rest, value) }
}

/** As in the configuration: 10 is a number, true is true, {column: x} is a mapping. */
function parsedValue(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false })
  } catch {
    return text
  }
}

function isMapping(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
