import { SEARCH_ATTRIBUTES } from '../../packages/client/contract/searchAttributes.ts'
import { ownedSchedules, syncOf } from '../schedules/ownedSchedules.ts'
import { inNamespace, registerSearchAttributes } from '../searchAttributes.ts'
import { withTemporal } from '../temporal.ts'

/** Registers the search attributes that the namespace lacks, and prints what it did. */
export async function setup(): Promise<void> {
  await withTemporal(async temporal => {
    const { registered, missing } = await registerSearchAttributes(temporal)
    if (missing.length === 0) {
      console.log(`Nothing to do: ${inNamespace(temporal)} has the search attributes ${SEARCH_ATTRIBUTES.join(', ')}.`)
      return
    }
    const before = registered.length === 0 ? '' : ` Registered before: ${registered.join(', ')}.`
    console.log(`Registered in ${inNamespace(temporal)} the search attributes ${missing.join(', ')}.${before}`)
    const schedules = (await ownedSchedules(temporal)).map(syncOf)
    if (schedules.length === 0) return
    console.log(
      `Next: the runs of ${schedules.join(', ')} get them when their schedules are applied again: sflink schedule apply`,
    )
  })
}
