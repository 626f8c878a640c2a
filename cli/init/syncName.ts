import { basename } from 'node:path'
import { wordsOf } from '../../loader/suggest/columnName.ts'
import { CommandError } from '../commandError.ts'
import type { ConfigFile } from '../configFile.ts'
import type { Prompts } from './prompts.ts'

const NAME = /^[A-Za-z0-9][\w-]*$/

/** The name of the new sync: as given, else after its source. Throws CommandError when the file has it. */
export async function chooseName(
  uri: string,
  given: string | undefined,
  config: ConfigFile,
  prompts: Prompts,
): Promise<string> {
  const wanted = given ?? nameOf(uri)
  const problem = problemWith(wanted, config)
  if (problem === undefined) return wanted
  if (!prompts.isInteractive || given !== undefined) {
    throw new CommandError(
      `${problem}; give another with --name, such as ${config.freeName('syncs', nameOf(wanted))}. Nothing was written`,
    )
  }
  const check = (name: string) => problemWith(name, config)
  return prompts.text({
    message: `${problem}. Name of the new sync`,
    option: '--name',
    initial: config.freeName('syncs', wanted),
    check,
  })
}

function problemWith(name: string, config: ConfigFile): string | undefined {
  if (!NAME.test(name))
    return `${JSON.stringify(name)} is not a name of a sync, which has letters, digits, _ and - only`
  return config.names('syncs').includes(name) ? `${config.shown} has a sync ${name} already` : undefined
}

/** `contacts` for `file:data/Contacts-2026-11-25.csv.gz`. */
function nameOf(uri: string): string {
  const address = /^https?:/i.test(uri) ? uri.replace(/[?#].*$/s, '') : uri
  const file = basename(decodedUri(address)).replace(/^[a-z0-9]+:/i, '')
  const words = wordsOf(file.replace(/(\.[a-z]+){1,2}$/i, '')).filter(word => /^[a-z][a-z0-9]*$/.test(word))
  return words.length === 0 ? 'records' : words.join('-')
}

function decodedUri(uri: string): string {
  try {
    return decodeURIComponent(uri)
  } catch {
    return uri
  }
}
