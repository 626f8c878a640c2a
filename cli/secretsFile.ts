// Secrets go into `.env` beside sflink.yaml, which names them as ${NAME}.
import { readFile, stat } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { shownPath } from '../config/configuration.ts'
import { envFileOf } from '../config/envFile.ts'
import { variablesOf } from '../config/environment.ts'
import { CommandError } from './commandError.ts'
import { replaceFile } from './replaceFile.ts'

/** `.env` with variables that are not yet written. */
export type SecretsFile = {
  /** As messages name it. */
  readonly shown: string
  /** Throws CommandError when other users may read the file: no secret is added to it. */
  checkRights(): void
  /**
   * Adds a variable and returns its name: the wanted one, or `NAME_2` and so on if the file or the environment has it with another value.
   * Throws CommandError when no line of the file can have the value, or other users may read it.
   */
  add(wanted: string, value: string): string
  /** The variables that were added. */
  added(): Readonly<Record<string, string>>
  /** Adds the lines, with the mode 0600. Throws CommandError when another program changed the file meanwhile. */
  save(): Promise<void>
}

/**
 * Opens `.env` beside a configuration file; it may not exist yet.
 * Throws ConfigurationError when it is not valid.
 */
export async function openSecretsFile(configFile: string): Promise<SecretsFile> {
  const path = envFileOf(configFile)
  const shown = shownPath(path)
  const known = await variablesOf(configFile)
  const before = await readFile(path, 'utf8').catch(() => undefined)
  const mode = before === undefined ? 0 : (await stat(path)).mode
  const checkRights = () => {
    if ((mode & 0o077) !== 0) throw readable(shown, mode)
  }
  const added = new Map<string, string>()
  return {
    shown,
    checkRights,
    add(wanted, value) {
      checkRights()
      const name = freeVariable(wanted, value, { ...known, ...Object.fromEntries(added) })
      const isKnown = known[name] === value || added.get(name) === value
      if (!isKnown) added.set(name, value)
      lineOf(name, value)
      return name
    },
    added: () => Object.fromEntries(added),
    async save() {
      if (added.size === 0) return
      const lines = [...added].map(([name, value]) => `${lineOf(name, value)}\n`).join('')
      const open = before === undefined || before === '' || before.endsWith('\n') ? '' : '\n'
      await replaceFile(path, { before, text: `${before ?? ''}${open}${lines}`, shown, mode: 0o600 })
    },
  }
}

function readable(shown: string, mode: number): CommandError {
  const rights = (mode & 0o777).toString(8)
  return new CommandError(
    `${shown} may be read by other users (mode ${rights}), so no secret is written into it; give it to its owner alone: chmod 600 ${shown}`,
  )
}

function freeVariable(wanted: string, value: string, known: NodeJS.ProcessEnv): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}_${number}`
    if (!Object.hasOwn(known, name) || known[name] === value) return name
  }
}

/** Quotes in the order of preference: shells expand nothing between the first. */
const QUOTES = ["'", '"', '`'] as const

function lineOf(name: string, value: string): string {
  const line = QUOTES.map(quote => `${name}=${quote}${value}${quote}`).find(text => parseEnv(text)[name] === value)
  if (line !== undefined) return line
  throw new CommandError(
    `The value of ${name} has all kinds of quotes, which no line of .env can have; set it in the environment`,
  )
}
