import { LinkError } from '../packages/client/contract/linkError.ts'
// Problems of a configuration, as a person reads them.

/** Keys and indexes from the top of the file down. */
export type ConfigPath = readonly (string | number)[]

export type ConfigProblem = {
  /** 1-based; absent for a problem of the whole file. */
  readonly position?: { readonly line: number; readonly column: number }
  readonly path: ConfigPath
  /** The problem, what is allowed and what to do; never a secret. */
  readonly message: string
}

/** Thrown when the configuration is invalid. Its message has one line per problem: `file:line:column field: problem`. */
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
