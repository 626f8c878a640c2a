// The configuration of a running worker: it follows its files.
import { stat } from 'node:fs/promises'
import type { ActivityInterceptors, Logger } from '@temporalio/worker'
import type { Configuration } from '../config/configuration.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import type { WorkerConfiguration } from '../packages/client/contract/maintenance.ts'
import { present } from '../packages/client/contract/scalars.ts'

export type LiveConfiguration = {
  /** As last read without a problem. */
  current(): Configuration
  state(): WorkerConfiguration
  /** Reads the files again if they have changed. Never rejects: a broken file keeps what was read before. */
  refresh(): Promise<void>
}

/** A configuration that has no files to follow. */
export function fixedConfiguration(configuration: Configuration): LiveConfiguration {
  const state = { file: configuration.file, readAt: Date.now(), restartFor: [] }
  return { current: () => configuration, state: () => state, refresh: async () => {} }
}

/** @param read reads the same files as `first` */
export async function followedConfiguration(
  first: Configuration,
  read: () => Promise<Configuration>,
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<LiveConfiguration> {
  let current = first
  let readAt = Date.now()
  let problem: string | undefined
  // Each step waits for a reading: one that did not end is not repeated.
  let wasSlow = false
  let seen = await stampOf(current.files)
  let reading: Promise<void> | undefined

  async function readAgain(): Promise<void> {
    const stamp = await stampOf(current.files)
    // What is wrong may be in a file that only the changed configuration names, or that does not exist yet.
    if (stamp === seen && (problem === undefined || wasSlow)) return
    seen = stamp
    const began = Date.now()
    try {
      current = await inTime(read())
      // A changed file may name another file with a private key.
      seen = await stampOf(current.files)
      readAt = Date.now()
      problem = undefined
      logger.info('Configuration read again', { configuration: current.file })
      const restartFor = restartKeys(first, current)
      if (restartFor.length > 0) logger.warn('Changed keys take effect after a restart of the worker', { restartFor })
    } catch (error) {
      wasSlow = Date.now() - began >= READ_TIMEOUT
      const found = error instanceof Error ? error.message : String(error)
      if (found === problem) return
      problem = found
      logger.warn('Changed configuration is not valid; the worker uses the one that it read before', { problem })
    }
  }

  return {
    current: () => current,
    state: () => ({ file: current.file, readAt, restartFor: restartKeys(first, current), ...present({ problem }) }),
    refresh: () => {
      reading ??= readAgain().finally(() => {
        reading = undefined
      })
      return reading
    },
  }
}

/** Milliseconds until the files must be read: every step waits for it, and a pipe in place of a file may never end. */
const READ_TIMEOUT = 10_000

async function inTime(reading: Promise<Configuration>): Promise<Configuration> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const fail = () =>
      reject(new Error(`its files were not read within ${READ_TIMEOUT / 1000} s; check that they are plain files`))
    timer = setTimeout(fail, READ_TIMEOUT)
  })
  try {
    return await Promise.race([reading, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What of a file tells that it has changed. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map(async file => {
    const found = await stat(file).catch(() => undefined)
    return found === undefined ? '-' : `${found.mtimeMs}/${found.size}/${found.ino}`
  })
  return (await Promise.all(stamps)).join(' ')
}

/** Keys that the process uses from its start on: runs in progress have files in the run store, and the connection has the keys. */
function restartKeys(first: Configuration, now: Configuration): readonly string[] {
  const sameKeys =
    first.encryptionKeys.length === now.encryptionKeys.length &&
    first.encryptionKeys.every(({ id, key }, index) => {
      const other = now.encryptionKeys[index]
      return other !== undefined && id === other.id && key.equals(other.key)
    })
  return [...(first.runStore === now.runStore ? [] : ['runStore']), ...(sameKeys ? [] : ['encryption'])]
}

/** Lets each step see the newest configuration, and its failure say that the newest is not valid. */
export function configurationInterceptor({ refresh, state }: LiveConfiguration): () => ActivityInterceptors {
  return () => ({
    inbound: {
      async execute(input, next) {
        await refresh()
        try {
          return await next(input)
        } catch (error) {
          const { file, problem } = state()
          if (!(error instanceof LinkError) || error.kind !== 'usage' || problem === undefined) throw error
          const [line] = problem.split('\n')
          throw Object.assign(error, {
            message: `${error.message.replace(/\.$/, '')}. The worker uses an earlier ${file}, because the changed one is not valid: ${line}`,
          })
        }
      },
    },
  })
}
