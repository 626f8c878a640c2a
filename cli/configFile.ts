// sflink.yaml as `init` and `import` edit it: what is there stays as it is written.
import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { diff } from 'node:util'
import { DEFAULT_DATA_DIRECTORIES } from '../config/configSchema.ts'
import { readConfigurationText, shownPath } from '../config/configuration.ts'
import { parseYaml } from '../config/document.ts'
import { configurationPath, loadConfiguration } from '../config/environment.ts'
import { ConfigurationError } from '../config/problems.ts'
import { keysOf, withEntry, withItem } from '../config/yamlEdit.ts'
import { CommandError } from './commandError.ts'
import { replaceFile } from './replaceFile.ts'

type ConfigSection = 'connections' | 'databases' | 'syncs' | 'flows'

/** sflink.yaml with additions that are not yet written. */
export type ConfigFile = {
  /** Absolute. The file may not exist yet. */
  readonly path: string
  /** As messages name it. */
  readonly shown: string
  /** Whether the file was there when it was opened. */
  readonly exists: boolean
  /** The names in a section, also those that were added. */
  names(section: ConfigSection): readonly string[]
  /** The name itself if the section does not have it, else `NAME-2` and so on. */
  freeName(section: ConfigSection, wanted: string): string
  /**
   * Adds an entry. Throws CommandError when the section has the name, or the file leaves no place for it.
   * @param entry a mapping as YAML, one key per line, with comments: `connection: production  # …`
   */
  add(section: ConfigSection, name: string, entry: string): void
  /** Adds a place to `dataDirectories`. Throws CommandError when the file leaves no place for it. */
  addDataDirectory(place: string): void
  /** The whole text with the additions. */
  text(): string
  /** The additions with the lines around them, marked by `+`; empty when there are none. */
  changes(): string
  /** Writes the file, whole or not at all. Throws ConfigurationError when it would not be valid, and CommandError when another program changed it meanwhile. */
  save(): Promise<void>
}

/**
 * Opens the file to edit it. One without connections is accepted, and so is one that does not exist.
 * Throws ConfigurationError with every problem of a file that is not valid.
 * @param given as for `loadConfiguration`
 */
export async function openConfigFile(given?: string): Promise<ConfigFile> {
  const named = resolve(configurationPath(given))
  const path = await realpath(named).catch(() => named)
  const shown = shownPath(named)
  const before = await textOf(path, shown)
  if (before !== undefined) await checkBefore(given, before, shown)
  let text = before ?? ''
  const change = (to: string | undefined, what: string) => {
    if (to === undefined) throw noPlace(shown, what)
    text = to
  }
  return {
    path,
    shown,
    exists: before !== undefined,
    names: section => keysOf(text, section),
    freeName: (section, wanted) => freeName(keysOf(text, section), wanted),
    add(section, name, entry) {
      const names = keysOf(text, section)
      if (names.includes(name)) {
        throw new CommandError(
          `${shown} has ${name} under ${section}; give another name, such as ${freeName(names, name)}`,
        )
      }
      change(withEntry(text, section, name, entry), `${section}.${name}`)
    },
    addDataDirectory: place =>
      change(withItem(text, 'dataDirectories', place, DEFAULT_DATA_DIRECTORIES), `${place} to dataDirectories`),
    text: () => text,
    changes: () => changedLines(before ?? '', text),
    async save() {
      await loadConfiguration(given, { credentials: 'optional', text })
      if (text !== before) await replaceFile(path, { before, text, shown, mode: 0o644 })
    },
  }
}

async function textOf(path: string, shown: string): Promise<string | undefined> {
  const exists = await realpath(path).then(
    () => true,
    () => false,
  )
  if (!exists) return undefined
  return readConfigurationText(path).catch((error: Error) => {
    throw new ConfigurationError(shown, [{ path: [], message: error.message }])
  })
}

/** A connection that is missing is no problem: it may be added. */
async function checkBefore(given: string | undefined, text: string, shown: string): Promise<void> {
  const { document, problems } = parseYaml(text)
  if (problems.length > 0) throw new ConfigurationError(shown, problems)
  if (document.contents === null || document.toJS() === null) return
  await loadConfiguration(given, { credentials: 'optional', text }).catch((error: unknown) => {
    if (!(error instanceof ConfigurationError) || keysOf(text, 'connections').length > 0) throw error
    const others = error.problems.filter(({ path, key }) => [...path, key][0] !== 'connections')
    if (others.length > 0) throw new ConfigurationError(error.file, others)
  })
}

const noPlace = (shown: string, what: string): CommandError =>
  new CommandError(
    `${shown} is written in a way to which ${what} cannot be added; write the file with one key per line and without braces around it`,
  )

function freeName(names: readonly string[], wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!names.includes(name)) return name
  }
}

/** Lines around an addition that show where it is. */
const CONTEXT = 2

function changedLines(before: string, after: string): string {
  const lines = diff(linesOf(after), linesOf(before))
  const isShown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([operation]) => operation !== 0),
  )
  return lines
    .flatMap(([operation, line], index) => {
      if (!isShown[index]) return []
      const gap = index > 0 && !isShown[index - 1] ? ['  …'] : []
      return [...gap, `${marks[operation] ?? ' '} ${line}`.trimEnd()]
    })
    .join('\n')
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

/** `diff` gives -1 for what only its second text has. */
const marks: Readonly<Record<number, string>> = { [-1]: '-', 1: '+' }
