// Joins the Ids that `sf data export bulk` wrote to a file: joinIdsOfFile.ts IDS SOURCE TARGET
import { joinIds, keyOf, rowsIn } from './joinIds.ts'

const [, , exported = '', source = '', target = ''] = process.argv
const ids = new Map<string, string>()
for await (const rows of rowsIn(exported)) for (const [id = '', key = ''] of rows) ids.set(keyOf(key), id)
await joinIds(source, target, ids)
