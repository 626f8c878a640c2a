import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Milliseconds. */
const EARLIER = 3 * 86_400_000

/** Makes a run three days older. @param directory of the run in the run store */
export async function ageRun(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    if (!/^(report|executions\/.*)\.json$/.test(name)) continue
    const path = join(directory, name)
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replaceAll(/(?<=At": ")[^"]*/g, earlier))
  }
}

const earlier = (at: string): string => new Date(Date.parse(`${at}Z`) - EARLIER).toISOString().slice(0, 19)
