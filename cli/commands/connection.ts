import type { ConnectionTest, ObjectsAnswer, VersionsAnswer } from '../../packages/client/contract/inspection.ts'
import { count } from '../../workflows/page/markdown.ts'
import { columns, printJson, yesNo } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'
import { ask } from '../temporal.ts'

export async function connectionTest(connection: string, options: SharedOptions): Promise<void> {
  const answer = await ask<ConnectionTest>(
    { type: 'testConnection', input: { connection }, about: connection },
    options,
  )
  for (const warning of answer.warnings) console.error(warning)
  if (options.json) return printJson(answer)
  console.log(`Connection ${connection} works.\n\n${facts(answer)}`)
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

export async function connectionVersions(connection: string, options: SharedOptions): Promise<void> {
  const answer = await ask<VersionsAnswer>({ type: 'fetchVersions', input: { connection }, about: connection }, options)
  if (options.json) return printJson(answer)
  const rows = answer.versions.map(({ version, label }) => [version, label, yesNo(version === answer.inUse)])
  console.log(columns(rows, { head: ['VERSION', 'RELEASE', 'IN USE'] }))
  if (answer.versions.some(({ version }) => version === answer.inUse)) return
  console.error(
    `Connection ${connection} uses API version ${answer.inUse}, which the org does not offer. Set apiVersion to one of these, or to latest.`,
  )
}

export async function objects(connection: string, options: SharedOptions): Promise<void> {
  const answer = await ask<ObjectsAnswer>({ type: 'listObjects', input: { connection }, about: connection }, options)
  if (options.json) return printJson(answer)
  const rows = answer.objects.map(object => [
    object.name,
    yesNo(object.createable),
    yesNo(object.updateable),
    object.label,
  ])
  console.log(columns(rows, { head: ['OBJECT', 'CREATE', 'UPDATE', 'LABEL'] }))
}
