import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { KEPT_HEAD } from '../../../loader/http/body.ts'
import { readIngestResults } from '../../../loader/salesforce/ingestJobs.ts'

/** The CSV of downloaded results, which are stored before they are read. */
export async function csvOf(download: Readable): Promise<string> {
  const kept = await buffer(download)
  return text(readIngestResults(kept.subarray(0, KEPT_HEAD), Readable.from([kept]), '7505e', 'successful'))
}
