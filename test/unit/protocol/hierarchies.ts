// Loads whose records are the parents of each other.
import type { ObjectDescribe } from '../../../loader/salesforce/describe.ts'
import { CONTACT, field, type SpecParts } from '../../rig/describes.ts'
import { linesOf, newWorld, type Records, type World } from './memoryLoad.ts'

/** A contact may have a deputy beside the one that it reports to. */
const PERSON: ObjectDescribe = {
  ...CONTACT,
  fields: [
    ...CONTACT.fields,
    field('Deputy__c', { type: 'reference', referenceTo: ['Contact'], relationshipName: 'Deputy__r' }),
  ],
}

export const SELF = { sync: 'self', by: 'ref', from: 'boss' } as const

/** Rows as `ref boss deputy`; the reference is the last name too. */
export const rowsOf = (...rows: readonly string[]): Records =>
  rows.map(row => {
    const [ref = '', boss = '', deputy = ''] = row.split(' ')
    return { ref, boss: boss === '-' ? '' : boss, deputy, last: ref }
  })

export const worldOf = (rows: Records, parts: Partial<SpecParts> = {}): World =>
  newWorld(rows, { fields: { ReportsToId: SELF, LastName: 'last' }, ...parts }, PERSON)

/** The last name of each result, and of the parents that its record has in the org; the message of a record that was not loaded. */
export function hierarchy(world: World) {
  const { records } = world.org
  const nameOf = (id: string | undefined) => records.find(record => record['Id'] === id)?.['LastName']
  return linesOf(world, 'results.csv').map(({ last, id, status, errorcode, errormessage }) => {
    if (status !== 'true') return `${last}: ${errorcode}: ${errormessage}`
    const record = records.find(one => one['Id'] === id)
    const parents = [record?.['ReportsToId'], record?.['Deputy__c']].map(nameOf).filter(name => name !== undefined)
    return `${record?.['LastName']} < ${parents.join(', ')}`
  })
}
