import { expect, test } from 'vitest'
import { campaignSource } from '../../../dev/bench/contacts.ts'
import type { Load } from '../../../dev/bench/load.ts'
import { postgresPlaces } from '../../../dev/bench/postgresPlaces.ts'
import { contactBlocks } from '../../../dev/contacts.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import { openSource } from '../../../loader/sources/open.ts'
import { readDatabaseUrl } from '../../../loader/sources/postgres/databaseSettings.ts'
import { lacksPostgres } from '../../rig/postgres.ts'
import { allRows, streamOf } from '../sources/tables.ts'

test.skipIf(lacksPostgres)(
  'the table of the bench has the records of its file (skipped without PostgreSQL)',
  async () => {
    const places = await postgresPlaces({ source: '/tmp/source.csv', records: 20 } as Load)
    try {
      const address = readDatabaseUrl(places.databases?.['crm']?.url ?? '')
      if ('problem' in address) throw new Error(address.problem)
      const settings = { name: 'crm', ...address, connectTimeout: 5_000, statementTimeout: 5_000 }
      const databases = new Map([['crm', settings]])
      const table = await openSource(places.source, { baseDirectory: '/', dataDirectories: [], databases })
      const file = await readCsv(streamOf([...contactBlocks(campaignSource(20))].join('')))
      expect(table.header).toEqual(file.header)
      expect(await allRows(table)).toEqual(await allRows(file))
    } finally {
      await places.close()
    }
  },
)
