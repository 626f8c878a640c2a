import { setTimeout as sleep } from 'node:timers/promises'
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../../packages/client/contract/searchAttributes.ts'
import { type AttributesThere, attributesThere, registerAttributes } from '../../workers/searchAttributes.ts'
import { CommandError, EXIT } from '../commandError.ts'
import { ownedSchedules, syncOf } from '../schedules/ownedSchedules.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'

/** Registers the search attributes that the namespace lacks, and prints what it did. */
export async function setup(): Promise<void> {
  await withTemporal(async temporal => {
    const { registered, missing, otherwise } = await thereIn(temporal)
    const [clash] = otherwise
    if (clash !== undefined) throw clashing(temporal, clash)
    if (missing.length === 0) {
      console.log(`Nothing to do: ${inNamespace(temporal)} has the search attributes ${SEARCH_ATTRIBUTES.join(', ')}.`)
      return
    }
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
    const before = registered.length === 0 ? '' : ` Registered before: ${registered.join(', ')}.`
    console.log(`Registered in ${inNamespace(temporal)} the search attributes ${missing.join(', ')}.${before}`)
    const schedules = (await ownedSchedules(temporal)).map(syncOf)
    if (schedules.length === 0) return
    console.log(
      `Next: the runs of ${schedules.join(', ')} get them when their schedules are applied again: sflink schedule apply`,
    )
  })
}

const inNamespace = ({ namespace, address }: TemporalAccess): string =>
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
