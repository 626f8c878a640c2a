// Registers the search attributes of runs in Temporal.
import { setTimeout as sleep } from 'node:timers/promises'
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../packages/client/contract/searchAttributes.ts'
import { type AttributesThere, attributesThere, registerAttributes } from '../workers/searchAttributes.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'

/** Registers those that the namespace lacks. Resolves to what there was before. Throws CommandError. */
export async function registerSearchAttributes(temporal: TemporalAccess): Promise<AttributesThere> {
  const before = await thereIn(temporal)
  const { missing, otherwise } = before
  const [clash] = otherwise
  if (clash !== undefined) throw clashing(temporal, clash)
  if (missing.length === 0) return before
  await registerAttributes(temporal.client.connection.operatorService, temporal.namespace, missing).catch(
    (error: unknown) => {
      throw rejected(
        temporal,
        `has no search attributes ${missing.join(', ')}, and did not accept them`,
        missing,
        error,
      )
    },
  )
  await untilListed(temporal)
  return before
}

export const inNamespace = ({ namespace, address }: TemporalAccess): string =>
  `namespace ${namespace} of Temporal at ${address}`

function thereIn(temporal: TemporalAccess): Promise<AttributesThere> {
  return attributesThere(temporal.client.connection.operatorService, temporal.namespace).catch((error: unknown) => {
    throw rejected(temporal, 'did not list its search attributes', SEARCH_ATTRIBUTES, error)
  })
}

function clashing(temporal: TemporalAccess, { name, type }: AttributesThere['otherwise'][number]): CommandError {
  return new CommandError(
    `The ${inNamespace(temporal)} has ${name} as ${type}, but it must be Keyword. Runs work without it; to find them by it, remove the other: temporal operator search-attribute remove --name ${name}`,
    EXIT.runFailed,
  )
}

/** Temporal's own message and what to do: only its administrator can grant rights or remove attributes. */
function rejected(temporal: TemporalAccess, what: string, names: readonly SearchAttribute[], error: unknown): unknown {
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown }
  if (typeof code !== 'number') return error
  const command = `temporal operator search-attribute create --namespace ${temporal.namespace} ${names.map(name => `--name ${name} --type Keyword`).join(' ')}`
  return new CommandError(
    `The ${inNamespace(temporal)} ${what}: ${String(details).split('\n')[0]}. Runs work without them; to find runs by them, ask its administrator to remove others or to run: ${command}`,
    EXIT.runFailed,
  )
}

/** Milliseconds. */
const PATIENCE = 10_000
const POLL_INTERVAL = 200

/** Other parts of Temporal see them a moment later. */
async function untilListed(temporal: TemporalAccess): Promise<void> {
  const end = Date.now() + PATIENCE
  while (Date.now() < end && (await thereIn(temporal)).missing.length > 0) await sleep(POLL_INTERVAL)
}
