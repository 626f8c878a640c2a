// Worker processes of a rig that tests kill and replace.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { KillableWorker } from './killableWorker.ts'
import type { LoadRig, RigOrg } from './loadRig.ts'

export type KillableWorkers = {
  /** Two processes; each runs eight activities at a time. */
  start(orgs: readonly RigOrg[]): Promise<void>
  startOne(orgs: readonly RigOrg[]): Promise<void>
  /** By SIGKILL. */
  kill(): Promise<void>
}

/** They have the environment of this process. */
export function killableWorkers(
  { taskQueue, folder }: LoadRig,
  configuration: Pick<KillableWorker, 'syncs' | 'places' | 'role' | 'budget'>,
): KillableWorkers {
  const children = new Set<ChildProcess>()
  const startOne = async (orgs: readonly RigOrg[]): Promise<void> => {
    const settings: KillableWorker = {
      address: inject('temporalAddress'),
      namespace: inject('temporalNamespace'),
      bundlePath: inject('workflowBundlePath'),
      taskQueue,
      folder,
      ...configuration,
      connections: orgs.map(({ connection, emulator: { url, credentials } }) => ({
        name: connection,
        loginUrl: url,
        clientId: credentials.clientId,
        clientSecret: credentials.clientSecret,
      })),
    }
    const script = join(import.meta.dirname, 'killableWorker.ts')
    const child = spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'ignore'] })
    children.add(child)
    await once(child.stdout, 'data')
  }
  return {
    startOne,
    start: async orgs => {
      await Promise.all([startOne(orgs), startOne(orgs)])
    },
    kill: async () => {
      const closed = [...children].map(child => once(child, 'close'))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(closed)
      children.clear()
    },
  }
}
