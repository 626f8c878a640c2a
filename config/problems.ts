// What can be wrong with a configuration, as a person reads it.

/** Keys and indexes from the top of the file down. */
export type ConfigPath = readonly (string | number)[]

export type ConfigProblem = {
  /** 1-based; absent when the problem is the whole file's. */
  readonly position?: { readonly line: number; readonly column: number }
  readonly path: ConfigPath
  /** What is wrong, what is allowed and what to do; never a secret. */
  readonly message: string
}

/** Thrown when the configuration can't be used. Its message has one line for each problem: `file:line:column field: what`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError' as const
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
