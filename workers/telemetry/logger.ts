// The worker's log on standard error, from Temporal's SDK and from the activities alike: a JSON object a line, or on a terminal
// a line for people.
import { ApplicationFailure } from '@temporalio/common'
import { DefaultLogger, type LogEntry, type Logger, type LogLevel as SdkLevel } from '@temporalio/worker'
import { destination, pino } from 'pino'
import type { LogLevel } from '../../config/environment.ts'

const SDK_LEVELS: Readonly<Record<LogLevel, SdkLevel>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
}

export function createLogger(level: LogLevel): Logger {
  if (process.stderr.isTTY) {
    return new DefaultLogger(SDK_LEVELS[level], entry => {
      if (!isToldElsewhere(entry)) process.stderr.write(lineOf(entry))
    })
  }
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: errorFacts } },
    destination(2),
  )
  return new DefaultLogger(SDK_LEVELS[level], entry => {
    if (isToldElsewhere(entry)) return
    const write = entry.level.toLowerCase() as LogLevel
    log[write]({ ...entry.meta }, entry.message)
  })
}

/** A run says itself how it failed, with its counts; the SDK would say it once for the step and once for the workflow. */
function isToldElsewhere({ message, meta }: LogEntry): boolean {
  if (meta?.['workflowType'] !== 'syncRecords') return false
  if (message === 'Workflow failed') return true
  const { error } = meta
  return message === 'Activity failed' && error instanceof ApplicationFailure && error.nonRetryable === true
}

/** `10:37:25 INFO Worker started taskQueue=salesforce-link` */
function lineOf({ level, message, meta, timestampNanos }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString().slice(11, 19)
  const facts = Object.entries(meta ?? {}).map(([key, value]) => `${key}=${factText(value)}`)
  return `${[time, level, message, ...facts].join(' ')}\n`
}

function factText(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value instanceof Error ? errorFacts(value) : value)
}

/** Without the stack: failures of a run are told by their words, and a stack of ours says nothing to an operator. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return { type: 'type' in error ? error.type : error.name, message: error.message }
}
