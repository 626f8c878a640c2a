import type { ConnectionTest } from '../../packages/client/contract/inspection.ts'
import { count } from '../../workflows/page/markdown.ts'
import { ask, type QuestionOptions } from '../ask.ts'
import { columns } from '../columns.ts'

export async function connectionTest(connection: string, options: QuestionOptions): Promise<void> {
  const answer = await ask<ConnectionTest>(
    { type: 'testConnection', input: { connection }, about: connection },
    options,
  )
  for (const warning of answer.warnings) console.error(warning)
  console.log(
    options.json ? JSON.stringify(answer, undefined, 2) : `Connection ${connection} works.\n\n${facts(answer)}`,
  )
}

function facts({ organization, user, apiVersion, instanceUrl, latency, apiCalls }: ConnectionTest): string {
  const kind = organization.isSandbox ? 'sandbox' : 'production'
  const calls = apiCalls && `${count(apiCalls.left)} of ${count(apiCalls.limit)} in the rolling 24 hours`
  return columns([
    ['Org', `${organization.name} (${organization.id}, ${kind})`],
    ['Instance', instanceUrl],
    ['User', `${user.name}, ${user.username} (${user.id})`],
    ['API version', apiVersion],
    ['Test query', `${count(Math.round(latency))} ms`],
    ['API calls left', calls ?? 'not reported by the org'],
  ])
}
