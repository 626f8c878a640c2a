// The log of the worker as `sflink up` shows it.
import { isObject } from '../../packages/client/contract/issues.ts'

/** What `up` says itself. */
const KNOWN: readonly unknown[] = ['Worker started', 'Worker stopping', 'Worker stopped']

/** Parts of the SDK whose infos are of no use to a person. */
const SDK_COMPONENTS: readonly unknown[] = ['worker', 'core']

/** Facts of the SDK that say which step of which workflow logs. */
const SDK_FACTS: readonly string[] = [
  ...['level', 'time', 'msg', 'sdkComponent', 'namespace', 'taskQueue', 'workflowId', 'workflowType', 'runId'],
  ...['attempt', 'activityId', 'activityType', 'isLocal', 'identity'],
]

/** Levels of pino. */
const WARNING = 40
const ERROR = 50

/** A JSON line of the log as `10:37:25 Run ended outcome=completed`; undefined for a line that says nothing new. */
export function shownLine(line: string): string | undefined {
  const entry = parsed(line)
  if (entry === undefined) return line.trim() === '' ? undefined : line
  const { level, time, msg, sdkComponent } = entry
  const isInfo = Number(level) < WARNING
  if (isInfo && (KNOWN.includes(msg) || SDK_COMPONENTS.includes(sdkComponent))) return undefined
  const facts = Object.entries(entry).flatMap(([key, value]) =>
    SDK_FACTS.includes(key) || value === 0
      ? []
      : [`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  )
  const words = isInfo ? [] : [Number(level) < ERROR ? 'WARN' : 'ERROR']
  return [String(time).slice(11, 19), ...words, msg, ...facts].join(' ')
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    return isObject(entry) ? entry : undefined
  } catch {
    return undefined
  }
}
