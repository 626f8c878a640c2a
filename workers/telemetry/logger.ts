// The worker's log on standard error, from Temporal's SDK and from the activities: JSON lines, or readable lines on a terminal.
import { ApplicationFailure } from '@temporalio/common'
import { DefaultLogger, type LogEntry, type Logger, type LogLevel as SdkLevel } from '@temporalio/worker'
import { destination, pino } from 'pino'
import type { LogLevel } from '../../config/environment.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'

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
      if (!isLoggedElsewhere(entry)) process.stderr.write(`${visibleText(lineOf(entry)).replaceAll('\n', '\\n')}\n`)
    })
  }
  const stderr = destination(2)
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: errorFacts } },
    { write: (line: string) => stderr.write(visibleText(line)) },
  )
  return new DefaultLogger(SDK_LEVELS[level], entry => {
    if (isLoggedElsewhere(entry)) return
    const write = entry.level.toLowerCase() as LogLevel
    log[write]({ ...entry.meta }, entry.message)
  })
}

/** A run, or a plan, logs its own failure, with its counts. The SDK would log it again for the step and for the workflow. */
function isLoggedElsewhere({ message, meta }: LogEntry): boolean {
  if (meta?.['workflowType'] !== 'syncRecords' && meta?.['workflowType'] !== 'planRecords') return false
  if (message === 'Workflow failed') return true
  const { error } = meta
  return message === 'Activity failed' && error instanceof ApplicationFailure && error.nonRetryable === true
}

/** `10:37:25 INFO Worker started taskQueue=salesforce-link` */
function lineOf({ level, message, meta, timestampNanos }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString().slice(11, 19)
  const facts = Object.entries(meta ?? {}).map(([key, value]) => `${key}=${factText(value)}`)
  return [time, level, message, ...facts].join(' ')
}

function factText(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value instanceof Error ? errorFacts(value) : value)
}

/** Leaves out the stack, which does not help an operator; the message does. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return { type: 'type' in error ? error.type : error.name, message: error.message }
}
