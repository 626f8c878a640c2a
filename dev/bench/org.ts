import { type StartedProcess, startProcess } from './processes.ts'

export type BenchOrg = StartedProcess & {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly accessToken: string
  /** Calls that count against an org's daily limit, so far. */
  apiCalls(): Promise<number>
  /** Records of the object created so far. */
  created(object: string): Promise<number>
}

type Stats = { readonly apiCalls: number; readonly created: Readonly<Record<string, number>> }

/** Starts an emulated org in a process of its own. */
export async function startOrg(): Promise<BenchOrg> {
  const emulator = await startProcess(['packages/emulator/bin/salesforce-emulator.mjs'])
  const credentials = JSON.parse(emulator.firstLine.slice(emulator.firstLine.indexOf('{'))) as {
    readonly url: string
    readonly clientId: string
    readonly clientSecret: string
    readonly accessToken: string
  }
  const stats = async (): Promise<Stats> => (await (await fetch(`${credentials.url}/emulator/stats`)).json()) as Stats
  return {
    ...emulator,
    ...credentials,
    apiCalls: async () => (await stats()).apiCalls,
    created: async object => (await stats()).created[object] ?? 0,
  }
}
