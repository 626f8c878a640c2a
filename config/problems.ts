// Problems of a configuration, as a person reads them, and the errors of this folder.
import { LinkError } from '../packages/client/contract/linkError.ts'

/** Keys and indexes from the top of the file down. */
export type ConfigPath = readonly (string | number)[]

export type ConfigProblem = {
  /** 1-based; absent when the problem concerns the whole file. */
  readonly position?: { readonly line: number; readonly column: number }
  readonly path: ConfigPath
  /** Set when a key of the mapping at `path` is wrong, not its value. */
  readonly key?: string
  /** What is wrong, what is allowed and what to do; never a secret. */
  readonly message: string
}

/** Thrown when the environment holds a setting that is not valid. */
export class EnvironmentError extends LinkError {
  override readonly name = 'EnvironmentError' as const
  readonly kind = 'usage' as const
}

/** Thrown when the configuration is not valid. Its message has one line for each problem: `file:line:column field: what`. */
export class ConfigurationError extends LinkError {
  override readonly name = 'ConfigurationError' as const
  readonly kind = 'usage' as const
  readonly file: string
  readonly problems: readonly ConfigProblem[]

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(problems.map(problem => lineOf(file, problem)).join('\n'))
    this.file = file
    this.problems = problems
  }
}

function lineOf(file: string, { position, path, message }: ConfigProblem): string {
  const place = position === undefined ? `${file}:` : `${file}:${position.line}:${position.column}`
  const field = pathText(path)
  return field === '' ? `${place} ${message}` : `${place} ${field}: ${message}`
}

/** `syncs.nightly.fields["Account.Ext_Id__c"]` */
export function pathText(path: ConfigPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (/^[\w-]+$/.test(step)) return index === 0 ? step : `.${step}`
      return `[${JSON.stringify(step)}]`
    })
    .join('')
}
