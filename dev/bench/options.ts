// The arguments of `npm run bench --`.
import { parseArgs } from 'node:util'
import { OPERATIONS, type Operation } from './contacts.ts'
import type { OrgSpeed } from './org.ts'

const SIZES = [1, 1_000, 100_000, 1_000_000]
const LARGE = 5_000_000
const MAX_WORKERS = 16

const USAGE =
  'the arguments are sizes like 1000 100000, operations like create update upsert, --large, --s3, --org-speed salesforce, --changed, --sources, --save, or --workers 4'

export type BenchOptions = {
  readonly sizes: readonly number[]
  readonly operations: readonly Operation[]
  /** Whether Salesforce Link also loads from S3 to S3, at the largest size. */
  readonly s3: boolean
  readonly orgSpeed: OrgSpeed
  /** Whether the figures are written to bench/RESULTS.md. */
  readonly save: boolean
  /** Whether loads that send what changed are measured: beside the clients, without them, or not at all. */
  readonly changed: 'beside' | 'alone' | 'left out'
  /** Whether loads from every kind of source are measured, in place of the clients. */
  readonly sources: boolean
  /** Measures one load with 1, 2, 4, … workers up to this number, in place of the clients. */
  readonly workers: number | undefined
}

/** Throws Error for any other argument. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args)
  const operations = positionals.filter(isOperation)
  const sizes = positionals.filter(argument => !isOperation(argument)).map(sizeOf)
  if (values.large) sizes.push(...(sizes.length === 0 ? SIZES : []), LARGE)
  const orgSpeed = values['org-speed']
  if (orgSpeed !== 'full' && orgSpeed !== 'salesforce') {
    throw new Error(`--org-speed is '${orgSpeed}'; give full or salesforce`)
  }
  return {
    sizes: sizes.length === 0 ? SIZES : sizes,
    operations: operations.length === 0 ? OPERATIONS : operations,
    s3: values.s3,
    orgSpeed,
    // A choice of sizes or operations is a trial: the published table has them all.
    save: values.save || (positionals.length === 0 && !values.changed && !values.sources),
    sources: values.sources,
    changed: changedOf(values.changed, positionals.length === 0),
    workers: values.workers === undefined ? undefined : workerCount(values.workers),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        large: { type: 'boolean', default: false },
        s3: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        changed: { type: 'boolean', default: false },
        sources: { type: 'boolean', default: false },
        'org-speed': { type: 'string', default: 'full' },
        workers: { type: 'string' },
      },
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Error(`${error.message.split('. ')[0]}; ${USAGE}`)
  }
}

function changedOf(isAsked: boolean, isWhole: boolean): BenchOptions['changed'] {
  if (isAsked) return 'alone'
  return isWhole ? 'beside' : 'left out'
}

function isOperation(argument: string): argument is Operation {
  return OPERATIONS.some(operation => operation === argument)
}

function sizeOf(argument: string): number {
  const size = Number(argument.replaceAll(/[,_]/g, ''))
  if (Number.isInteger(size) && size > 0) return size
  throw new Error(`'${argument}' is neither a number of records nor an operation; ${USAGE}`)
}

function workerCount(argument: string): number {
  const count = Number(argument)
  if (Number.isInteger(count) && count > 0 && count <= MAX_WORKERS) return count
  throw new Error(`--workers is '${argument}'; give a whole number from 1 to ${MAX_WORKERS}`)
}
