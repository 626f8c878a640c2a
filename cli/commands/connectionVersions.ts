import type { VersionsAnswer } from '../../packages/client/contract/inspection.ts'
import { ask, type QuestionOptions } from '../ask.ts'
import { columns } from '../columns.ts'

export async function connectionVersions(connection: string, options: QuestionOptions): Promise<void> {
  const answer = await ask<VersionsAnswer>({ type: 'fetchVersions', input: { connection }, about: connection }, options)
  if (options.json) {
    console.log(JSON.stringify(answer, undefined, 2))
    return
  }
  const rows = answer.versions.map(({ version, label }) => [version, label])
  console.log(columns(rows, { head: ['VERSION', 'RELEASE'] }))
}
