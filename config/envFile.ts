// `.env` beside sflink.yaml: values for its `${NAME}`, in the form that shells and Docker Compose read.
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { readBounded } from './boundedFile.ts'
import { type ConfigProblem, ConfigurationError } from './problems.ts'

export const envFileOf = (configFile: string): string => join(dirname(configFile), '.env')

/**
 * The environment, with the variables of the file that it lacks. Throws ConfigurationError; no message shows a value.
 * @param shown the path of the file as messages name it
 */
export async function withEnvFile(
  environment: NodeJS.ProcessEnv,
  path: string,
  shown: string,
): Promise<NodeJS.ProcessEnv> {
  const bytes = await readBounded(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined
    throw new ConfigurationError(shown, [{ path: [], message: unreadable(error.code) }])
  })
  if (bytes === undefined) return environment
  const text = decoded(bytes)
  if (text === undefined) {
    throw new ConfigurationError(shown, [{ path: [], message: 'is not UTF-8 text; save it as UTF-8' }])
  }
  const problems = problemsIn(text)
  if (problems.length > 0) throw new ConfigurationError(shown, problems)
  return { ...parseEnv(text), ...environment }
}

const unreadable = (code: string | undefined): string =>
  code === 'EFBIG' ? 'is larger than 1 MB; keep variables only in it' : `cannot be read (${code}); correct its rights`

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll(/\r\n?/g, '\n')
  } catch {
    return undefined
  }
}

const SETTING = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*=/

/** Lines that Node would leave out or cut without a word. */
function problemsIn(text: string): readonly ConfigProblem[] {
  // A value in quotes may have any character and several lines.
  const lines = text.replaceAll(/(=[ \t]*)(["'`])[\s\S]*?\2/g, (match, start) => start + match.replaceAll(/[^\n]/g, ''))
  return lines.split('\n').flatMap((line, index) => {
    const message = lineProblem(line)
    return message === undefined ? [] : [{ position: { line: index + 1, column: 1 }, path: [], message }]
  })
}

function lineProblem(line: string): string | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined
  if (!SETTING.test(line)) return 'is not a variable; write it as NAME=value'
  const value = line.slice(line.indexOf('=') + 1).trim()
  if (/^["'`]/.test(value)) return 'the quote is not closed'
  return /[^\s]#/.test(value) ? 'the value has a # in it; put the value in quotes' : undefined
}
