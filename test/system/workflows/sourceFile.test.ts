// A file as a spreadsheet leaves it, from its bytes to the records of the org, and rejected.csv back again.
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { PROGRESS_QUERY } from '../../../packages/client/contract/names.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { contactsFrom, fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

const CSV =
  'id; "last" ;email;;\r\r\n1; "Żółw; jr." ;a@file.example;;\r\r\n;;;;\r\r\n2;Święty;nonsense;;\r\r\n3;"Gdańsk \\"N\\"";c@file.example;;\r\r\n'

test('is read in its encoding, the run says how, and rejected.csv loads again with the same sync', async () => {
  const org = await rig.openOrg()
  const given = { fields: { LastName: 'last', Email: 'email' }, identityFields: ['id', 'last'] }
  const source = { uri: await rig.source(iconv.encode(CSV, 'windows-1250')), encoding: 'cp1250' }
  const { runId, handle, report } = await rig.start(contactsFrom(source.uri, org, { ...given, source }))
  const { records, tally, reading, warnings } = await report()
  expect({ records, ...tally }).toMatchObject({ records: 3, created: 1, failed: 2 })
  expect(reading).toMatchObject({
    text: {
      ...{ encoding: 'windows-1250', encodingBy: 'declared', samples: ['Żółw', 'Święty', 'Gdańsk'] },
      ...{ delimiter: ';', delimiterBy: 'detected' },
    },
    emptyRows: 1,
  })
  expect(warnings).toEqual([])
  expect(await handle.query<SyncProgress>(PROGRESS_QUERY)).toMatchObject({ reading })
  expect(await org.records('Contact', 'LastName', 'Email')).toContainEqual(
    expect.objectContaining({ LastName: 'Żółw; jr.', Email: 'a@file.example' }),
  )
  const rejected = await rig.text(runId, 'rejected.csv')
  expect(rejected).toMatch(
    /^\uFEFFid;last;email;;;errorcode;errormessage\n2;Święty;nonsense;;;INVALID_EMAIL_ADDRESS;.*\n3;"Gdańsk ""N""";/,
  )
  const again = { ...source, uri: await rig.source(rejected.replace('nonsense', 'b@file.example')) }
  const second = await rig.load(contactsFrom(again.uri, org, { ...given, source: again }))
  expect(second).toMatchObject({
    tally: { created: 2, failed: 0 },
    reading: { text: { encodingBy: 'byte order mark' } },
  })
  expect(await org.records('Contact', 'LastName')).toContainEqual(expect.objectContaining({ LastName: 'Gdańsk "N"' }))
})
