// The source that `sflink init` is given, as it is written into sflink.yaml.
import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { pathText } from '../../config/problems.ts'
import { check } from '../../packages/client/contract/issues.ts'
import { durationText, present } from '../../packages/client/contract/scalars.ts'
import { type ExternalSource, source as sourceSchema } from '../../packages/client/contract/sourceSpec.ts'
import { CommandError } from '../commandError.ts'
import type { SecretsFile } from '../secretsFile.ts'

export type SourceOptions = {
  /** Keys of the source: `sheet=Contacts`. */
  readonly set?: readonly string[]
  /** The query of a database. */
  readonly query?: string
}

export type WrittenSource = {
  readonly source: ExternalSource
  /** As it is written: without defaults, and with a variable in place of an address that may have a signature. */
  readonly yaml: Readonly<Record<string, unknown>>
}

/** Throws CommandError when no file has the path, a key is wrong, or `.env` cannot have the address. */
export async function writtenSource(
  given: string,
  options: SourceOptions,
  baseDirectory: string,
  secrets: SecretsFile,
): Promise<WrittenSource> {
  const keys = Object.fromEntries((options.set ?? []).map(keyAndValue))
  const yaml = { uri: await uriOf(given, baseDirectory), ...keys, ...present({ query: options.query }) }
  const checked = check(sourceSchema(durationText), yaml)
  if (checked.ok && 'uri' in checked.value) {
    const isSigned = /^https?:.*\?/i.test(yaml.uri)
    const uri = isSigned ? `\${${secrets.add('SOURCE_URL', yaml.uri)}}` : yaml.uri
    return { source: checked.value, yaml: { ...yaml, uri } }
  }
  const problems = checked.ok ? [] : checked.problems.map(({ path, message }) => `${pathText(path)}: ${message}`)
  throw new CommandError(`The source ${given} with these options: ${problems.join('; ')}`)
}

function keyAndValue(setting: string): readonly [string, unknown] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? []
  if (key === undefined || value === undefined) {
    throw new CommandError(
      `--set is '${setting}'; write it as key=value, a key of the source such as encoding=windows-1252`,
    )
  }
  return [key, /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value]
}

const SCHEME = /^[a-z][a-z0-9+.-]+:/i

/** The URI of what was given: a URI as it is, a path relative to the configuration if it is below its directory. */
async function uriOf(given: string, baseDirectory: string): Promise<string> {
  if (SCHEME.test(given)) return given
  const path = resolve(given)
  const exists = await realpath(path).then(
    () => true,
    () => false,
  )
  // A pattern for several files names none.
  if (!exists && !/[*?[]/.test(given)) {
    throw new CommandError(
      `There is no file ${given}; give its path, or a URI such as https://host/contacts.csv or database:crm`,
    )
  }
  const place = placeOf(path, baseDirectory)
  return `file:${place
    .split(sep)
    .map(name => encodeURIComponent(name).replaceAll('%2A', '*'))
    .join('/')}`
}

/** A path relative to a directory if it is below it. */
function placeOf(path: string, directory: string): string {
  const way = relative(directory, path)
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? path : way
}
