// No secret of any auth flow, and no access token, is in history, logs, run store or errors, of completed and of failed runs.
import { expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import type { AuthSettings } from '../../../loader/salesforce/auth/flows.ts'
import type { EmulatorCredentials } from '../../../packages/emulator/index.ts'
import { eventTexts } from '../../rig/eventTexts.ts'
import { contactsFrom, fileRig, people, workerLog } from '../../rig/loadRig.ts'
import { FLOW_CASES } from '../../unit/salesforce/authSettings.ts'

const rig = await fileRig()

const ACCESS_TOKEN = /00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]+/

test.concurrent.each(Object.entries(FLOW_CASES))('%s', async (flow, { right }) => {
  const { emulator } = await rig.openOrg()
  const { url, credentials, faults } = emulator
  const place = flow === 'access_token' ? { instanceUrl: url } : { loginUrl: url }
  const auth = right(emulator)
  const connection = rig.addConnection({ ...place, auth })
  const from = workerLog.length
  const texts: string[] = []
  for (const engine of ['bulk', 'collections']) {
    const operation = engine === 'bulk' ? 'ingestUpload' : 'collectionCreate'
    const spec = contactsFrom(await rig.source('last\nDoe\nRoe\n'), { connection }, { engine })
    const completed = await rig.start(spec)
    texts.push(
      JSON.stringify(await completed.report()),
      ...(await tracesOf(completed.handle.workflowId, completed.runId)),
    )
    faults.add({ match: { operation }, fault: { type: 'cutAfter' }, times: 1 })
    // An org, or a proxy in front of it, may repeat the request in its answer.
    const message = `Not with ${[...sentSecrets(auth), credentials.accessToken].join(' ')}`
    const body = [{ errorCode: 'INSUFFICIENT_ACCESS', message }]
    faults.add({ match: { operation }, fault: { type: 'status', status: 403, body }, after: 1 })
    const ill = await rig.start({
      ...spec,
      resend: { lostAnswerWait: 0 },
      source: { uri: await rig.source(people(450)) },
    })
    const error = await ill.report().catch((failure: unknown) => failure)
    texts.push(everythingOf(error), ...(await tracesOf(ill.handle.workflowId, ill.runId)))
    faults.clear()
  }
  const log = workerLog.slice(from).join('\n')
  expect(log).toContain('RequestRejectedError')
  expect(texts.some(text => text.includes('activityTaskScheduledEventAttributes'))).toBe(true)
  for (const text of [...texts, log]) {
    expect(text).not.toMatch(ACCESS_TOKEN)
    for (const secret of secretsOf(credentials)) expect(text).not.toContain(secret)
  }
})

/** The history and the files of a run. */
async function tracesOf(workflowId: string, runId: string): Promise<readonly string[]> {
  const events = await eventTexts(rig.client.workflow.getHandle(workflowId))
  // Proves that the searched texts are readable.
  expect(events.join('\n')).toContain('"object":"Contact"'.replaceAll('"', '\\"'))
  const files = await rig.runFiles(runId)
  expect(files.size).toBeGreaterThan(3)
  return [...events, ...files.values()]
}

function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = JSON.stringify(error, Object.getOwnPropertyNames(error))
  return `${error.message}\n${error.stack}\n${own}\n${error.cause === undefined ? '' : everythingOf(error.cause)}`
}

/** All secrets except the private key: a client only signs with it. */
function sentSecrets({ flow, ...auth }: AuthSettings): readonly string[] {
  const secrets = Object.values(auth).filter(value => value instanceof Secret)
  return flow === 'jwt_bearer' ? [] : secrets.map(secret => secret.reveal())
}

/** For a key, a line from its middle. */
function secretsOf({
  clientSecret,
  password,
  securityToken,
  refreshToken,
  accessToken,
  privateKey,
}: EmulatorCredentials) {
  return [clientSecret, password, securityToken, refreshToken, accessToken, privateKey.split('\n')[3] ?? '']
}
