// The worker's log: one JSON object a line on standard error, from Temporal's SDK and from the activities alike.
import { DefaultLogger, type Logger, type LogLevel as SdkLevel } from '@temporalio/worker'
import { destination, pino } from 'pino'
import type { LogLevel } from './config.ts'

const SDK_LEVELS: Readonly<Record<LogLevel, SdkLevel>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
}

export function createLogger(level: LogLevel): Logger {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination(2))
  return new DefaultLogger(SDK_LEVELS[level], entry => {
    const write = entry.level.toLowerCase() as LogLevel
    log[write]({ ...entry.meta }, entry.message)
  })
}
