import { fileURLToPath } from 'node:url'
import type { Processes } from '../processes/processes.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type BenchOrg = Awaited<ReturnType<typeof startOrg>>

/** Starts an emulated org in a separate process. Throws ProcessEndedError. */
export async function startOrg(processes: Processes, log: string) {
  const emulator = await processes.start({
    ...{ name: 'The emulated org', folder: ROOT, log, args: ['packages/emulator/bin/salesforce-emulator.mjs'] },
    ready: /(\{.*\})\n/,
  })
  const credentials = JSON.parse(emulator.readyMatch[1] ?? '') as {
    readonly url: string
    readonly clientId: string
    readonly clientSecret: string
    readonly accessToken: string
  }
  const stats = async () =>
    (await (await fetch(`${credentials.url}/emulator/stats`)).json()) as { readonly apiCalls: number }
  return { ...credentials, apiCalls: async () => (await stats()).apiCalls, stop: emulator.stop }
}
