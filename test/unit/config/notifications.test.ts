// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../../config/configFile.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

const environment = { HOOK: 'https://hooks.example.com/T0/hook-secret', SMTP: 'smtps://loader:p%40ss@smtp.acme.com' }

const BASE = `connections:
  production: { loginUrl: https://acme.my.salesforce.com, auth: { flow: client_credentials, clientId: a, clientSecret: b } }
syncs:
  nightly:
    connection: production
    object: Contact
    operation: create
    source: { uri: "file:data/contacts.csv" }
    fields: { LastName: last_name }
`

async function read(notifications: string) {
  const file = join(folder, 'sflink.yaml')
  await writeFile(file, `${BASE}notifications:\n${notifications}`)
  return readConfiguration(file, { environment })
}

test('gives each sync its own rules over the general ones', async () => {
  const { notifications } = await read(
    '  webhook: { url: "${HOOK}", secret: hush }\n  email: { smtp: "${SMTP}", from: Sflink <sflink@acme.com>, to: ops@acme.com }\n' +
      '  rejectedShare: 5%\n  temporalUi: https://temporal.acme.com\n  syncs: { nightly: { rejectedShare: 0.5%, email: { to: [crm@acme.com] } } }\n',
  )
  const general = notifications(undefined)
  expect(general).toMatchObject({ rejectedShare: 0.05, email: { to: ['ops@acme.com'] } })
  expect(general?.webhook?.url.reveal()).toBe(environment.HOOK)
  expect(notifications('nightly')).toMatchObject({ rejectedShare: 0.005, email: { to: ['crm@acme.com'] } })
  expect(JSON.stringify(general)).not.toMatch(/hook-secret|p%40ss|hush/)
  const { notifications: off } = await read('  webhook: { url: "${HOOK}" }\n  syncs: { nightly: off }\n')
  expect(off('nightly')).toBeUndefined()
})

test.each([
  ['nobody to tell', '  rejectedShare: 5%\n', 'sflink.yaml:10:1 notifications: nobody is told; give webhook or email'],
  [
    'a share without sign',
    '  webhook: { url: "${HOOK}" }\n  rejectedShare: 5\n',
    "sflink.yaml:12:18 notifications.rejectedShare: '5' must be a share with its sign, like 5%",
  ],
  [
    'a share that is none',
    '  webhook: { url: "${HOOK}" }\n  rejectedShare: 500%\n',
    "sflink.yaml:12:18 notifications.rejectedShare: '500%' is no share; give one like 5%",
  ],
  [
    'a webhook that is no address, without showing it',
    '  webhook: { url: hook-secret }\n',
    'sflink.yaml:11:19 notifications.webhook.url: the given value is no address; give one with https://, best as ${NAME} of an environment variable',
  ],
  [
    'a mail server that is no address, without showing it',
    '  email: { smtp: "imap://u:p@acme.com", from: a@acme.com, to: b@acme.com }\n',
    /^sflink\.yaml:11:18 notifications\.email\.smtp: the given value is no address of a mail server; give one like smtps:\S+/,
  ],
  [
    'a receiver that is none',
    '  email: { smtp: "${SMTP}", from: a@acme.com, to: ops }\n',
    "sflink.yaml:11:51 notifications.email.to: 'ops' is no e-mail address; give one like ops@acme.com",
  ],
  [
    'a sync that is none',
    '  webhook: { url: "${HOOK}" }\n  syncs: { nightli: off }\n',
    'sflink.yaml:12:12 notifications.syncs.nightli: is not under syncs; use one of nightly; did you mean "nightly"?',
  ],
  [
    'own receivers of mail without a server',
    '  webhook: { url: "${HOOK}" }\n  syncs: { nightly: { email: { to: a@acme.com } } }\n',
    'sflink.yaml:12:23 notifications.syncs.nightly.email: there is no mail server to send by; give notifications.email with smtp, from and to',
  ],
])('%s is told with its place', async (_, notifications, line) => {
  const message = await read(notifications).then(
    () => 'it was taken',
    (error: Error) => error.message.replaceAll(`${folder}/`, ''),
  )
  expect(message.split('\n')).toHaveLength(1)
  expect(message).toMatch(line)
})
