import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitAfter, Processes } from './processes/processes.ts'
import { startTemporalServer } from './processes/temporalServer.ts'
import { buildPackage } from './bench/builtPackage.ts'
import { link } from './bench/linkLoad.ts'
import { filePlaces } from './bench/places.ts'
import { startOrg } from './bench/org.ts'
import { campaignSource } from './bench/contacts.ts'
import { writeContacts } from './contacts.ts'
import { writeWorkbookSource } from './bench/workbookSource.ts'
const processes = new Processes()
await exitAfter(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sflink-xl-')); processes.removeAfterwards(folder)
  const n = 1_000_000
  const temporal = await startTemporalServer()
  try {
    const client = link('x', { processes, temporal, command: await buildPackage(processes, join(folder, 'package')) }, filePlaces)
    await writeContacts(join(folder, 'c.csv'), campaignSource(n))
    await writeWorkbookSource(join(folder, 'i.xlsx'), n, 'inline')
    await writeWorkbookSource(join(folder, 's.xlsx'), n, 'shared')
    for (const name of process.argv.slice(2)) {
      const org = await startOrg(processes, join(folder, 'org.log'), 'full')
      const place = join(folder, 'client'); await mkdir(place)
      const cost = await client.load({ operation: 'create', records: n, source: join(folder, name), files: [], org, folder: place })
      await rm(place, { recursive: true })
      console.log(name, JSON.stringify(cost))
      await org.check(n); await org.stop()
    }
  } finally { await temporal.close(); await processes.end(); await rm(folder, { recursive: true, force: true }) }
  return 0
})
