// Values of options, checked when the command line is read.
import type { Command } from 'commander'
import { parseDuration } from '../packages/client/contract/duration.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { type ListenAddress, parseListenAddress } from '../workers/workerOptions.ts'
import { CommandError } from './commandError.ts'

/** A worker with more slots runs out of memory before it uses its network fully. */
const MOST_SLOTS = 100

export function portNumber(value: string): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new CommandError(`--port is '${value}'; give a number from 0 to 65535`)
}

export function slotCount(value: string): number {
  const slots = Number(value)
  if (Number.isInteger(slots) && slots >= 1 && slots <= MOST_SLOTS) return slots
  throw new CommandError(`--slots is '${value}'; give a whole number from 1 to ${MOST_SLOTS}`)
}

/** Milliseconds. */
export function graceTime(value: string): number {
  const grace = parseDuration(value)
  if (grace !== undefined && grace > 0) return grace
  throw new CommandError(`--grace is '${value}'; give a time such as 30s or 2m`)
}

export function healthAddress(value: string): ListenAddress {
  const address = parseListenAddress(value)
  if (address !== undefined) return address
  throw new CommandError(`--health is '${value}'; give an address and port such as 127.0.0.1:8090, or a port alone`)
}

export function metricsAddress(value: string): ListenAddress {
  const address = parseListenAddress(value)
  if (address !== undefined && address.port > 0) return address
  throw new CommandError(`--metrics is '${value}'; give an address and port such as 127.0.0.1:9464, or a port alone`)
}

/** A parser of a number from 1 on. */
export function wholeNumber(option: string): (value: string) => number {
  return value => {
    const number = Number(value)
    if (Number.isInteger(number) && number >= 1) return number
    throw new CommandError(`${option} is '${value}'; give a whole number from 1`)
  }
}

export function oneOf(option: string, allowed: readonly string[]): (value: string) => string {
  return value => {
    if (allowed.includes(value)) return value
    throw new CommandError(`${option} is '${value}'; give one of ${allowed.join(', ')}${didYouMean(value, allowed)}`)
  }
}

/** A parser of a day, a time, or a duration before now, into epoch milliseconds. */
export function pointInTime(option: string): (value: string) => number {
  return value => {
    const ago = parseDuration(value)
    if (ago !== undefined) return Date.now() - ago
    const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(value)
      ? Date.parse(`${value}${value.length > 10 ? 'Z' : ''}`)
      : NaN
    if (!Number.isNaN(time)) return time
    throw new CommandError(
      `${option} is '${value}'; give a day such as 2026-11-01, a UTC time such as 2026-11-01T09:30, or a time ago such as 7d`,
    )
  }
}

/** A parser of a time span into milliseconds. */
export function duration(option: string): (value: string) => number {
  return value => {
    const milliseconds = parseDuration(value)
    if (milliseconds !== undefined) return milliseconds
    throw new CommandError(`${option} is '${value}'; give a time such as 90d or 12h`)
  }
}

/** The values of an option that may be repeated. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value]

export type SharedOptions = { readonly json?: boolean; readonly config?: string }

export function withJson(command: Command): Command {
  return command.option('--json', 'prints the answer as JSON and nothing else')
}

export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the configuration; else SFLINK_CONFIG, else sflink.yaml')
}
