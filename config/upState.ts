// The file in which `sflink up` records where its Temporal server is: commands and workers with the same sflink.yaml find it there.
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { isAlive } from '../loader/storage/durableFiles.ts'
import { isObject } from '../packages/client/contract/issues.ts'
import { configurationPath } from './environment.ts'

export type UpState = {
  /** Process id of `sflink up`. */
  readonly process: number
  /** Process ids of what it started. */
  readonly children: readonly number[]
  /** Port of the Temporal server that it started, once it is chosen. */
  readonly temporalPort?: number
}

/** The folder of `sflink up`, beside sflink.yaml. */
export const upFolderOf = (configFile: string): string => join(dirname(resolve(configFile)), '.sflink')

export const upStateFile = (folder: string): string => join(folder, 'up.json')

/** What an `up` has recorded, also one that was killed; undefined when there is none, or when the file is not whole. */
export async function readUpState(folder: string): Promise<UpState | undefined> {
  const text = await readFile(upStateFile(folder), 'utf8').catch(() => '')
  try {
    const state: unknown = JSON.parse(text)
    return isUpState(state) ? state : undefined
  } catch {
    return undefined
  }
}

function isUpState(value: unknown): value is UpState {
  if (!isObject(value)) return false
  const { process: id, children, temporalPort = 0 } = value
  return Number.isInteger(id) && Array.isArray(children) && children.every(Number.isInteger) && isPort(temporalPort)
}

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65_536

/** `host:port` of the Temporal server of the `up` that runs for this configuration; undefined when none has started one. */
export async function upAddress(config?: string): Promise<string | undefined> {
  const state = await readUpState(upFolderOf(configurationPath(config)))
  if (state?.temporalPort === undefined || !isAlive(state.process)) return undefined
  return `127.0.0.1:${state.temporalPort}`
}
