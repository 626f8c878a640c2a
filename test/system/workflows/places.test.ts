// Places: geolocations in one column, states and countries by name or code; the same through both engines.
import { expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

test.each(ENGINES)(
  'one column sets both parts of a geolocation, and a second run changes nothing (%s)',
  async engine => {
    const { connection, records } = await rig.openOrg()
    const csv = [
      'key;title;place',
      'P1;Munich;48,1372, 11,5755',
      'P2;Sydney;33.8688 S 151.2093 E',
      'P3;Nowhere;',
      'P4;Unclear;48,11',
    ]
    const given = {
      ...{ connection, object: 'Invoice__c', operation: 'upsert', externalIdField: 'Legacy_Key__c', engine },
      ...{ send: 'changed', source: { uri: await rig.source(`${csv.join('\n')}\n`) } },
      fields: { Legacy_Key__c: 'key', Title__c: 'title', Delivered_At__c: 'place' },
    }
    const { runId, tally } = await rig.load(given)
    expect(tally).toMatchObject({ created: 3, failed: 1 })
    const rows = await rig.rows(runId, 'results.csv')
    expect(rows.at(-1)?.['errormessage']).toMatch(
      /^Delivered At: 48,11 is not a location; expected latitude and longitude/,
    )
    const [latitude, longitude] = ['Delivered_At__Latitude__s', 'Delivered_At__Longitude__s'] as const
    expect(await records('Invoice__c', 'Title__c', latitude, longitude)).toMatchObject([
      { Title__c: 'Munich', [latitude]: 48.1372, [longitude]: 11.5755 },
      { Title__c: 'Sydney', [latitude]: -33.8688, [longitude]: 151.2093 },
      { Title__c: 'Nowhere', [latitude]: null, [longitude]: null },
    ])
    expect(await rig.load(given)).toMatchObject({ tally: { unchanged: 3, failed: 1 } })
  },
)
