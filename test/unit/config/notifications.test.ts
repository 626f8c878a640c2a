// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { expect } from 'vitest'
import { environment, NIGHTLY, PRODUCTION, test } from './configTest.ts'

const BASE = `${PRODUCTION}${NIGHTLY}notifications:\n`

test("each sync's own rules override the general ones", async ({ read }) => {
  const { notifications } = await read(
    BASE +
      '  webhook: { url: "${HOOK}", secret: hush }\n  email: { smtp: "${SMTP}", from: Sflink <sflink@acme.com>, to: ops@acme.com }\n' +
      '  rejectedShare: 5%\n  plannedDeletions: 100\n  temporalUi: https://temporal.acme.com\n  syncs: { nightly: { rejectedShare: 0.5%, plannedDeletions: 0, email: { to: [crm@acme.com] } } }\n',
  )
  const general = notifications(undefined)
  expect(general).toMatchObject({ rejectedShare: 0.05, plannedDeletions: 100, email: { to: ['ops@acme.com'] } })
  expect(general?.webhook?.url.reveal()).toBe(environment.HOOK)
  expect(notifications('nightly')).toMatchObject({
    rejectedShare: 0.005,
    plannedDeletions: 0,
    email: { to: ['crm@acme.com'] },
  })
  expect(JSON.stringify(general)).not.toMatch(/hook-secret|p%40ss|hush/)
  const { notifications: off } = await read(`${BASE}  webhook: { url: "\${HOOK}" }\n  syncs: { nightly: off }\n`)
  expect(off('nightly')).toBeUndefined()
})

test.for<readonly [string, string, string | RegExp]>([
  ['no channel', '  rejectedShare: 5%\n', 'sflink.yaml:12:1 notifications has no channel; give webhook or email'],
  [
    'a share without sign',
    '  webhook: { url: "${HOOK}" }\n  rejectedShare: 5\n',
    'sflink.yaml:14:18 notifications.rejectedShare: must be a percentage with its sign, like 5%; given 5',
  ],
  [
    'a share above 100%',
    '  webhook: { url: "${HOOK}" }\n  rejectedShare: 500%\n',
    'sflink.yaml:14:18 notifications.rejectedShare: is not a valid percentage; give one like 5%; given "500%"',
  ],
  [
    'a negative number of deletions',
    '  webhook: { url: "${HOOK}" }\n  plannedDeletions: -1\n',
    'sflink.yaml:14:21 notifications.plannedDeletions: must be a whole number from 0 to 1000000000; given -1',
  ],
  [
    'a webhook that is not a URL, without showing it',
    '  webhook: { url: hook-secret }\n',
    'sflink.yaml:13:19 notifications.webhook.url: is not a valid URL; give one with https://, best as ${NAME} of an environment variable',
  ],
  [
    'a mail server that is not a URL, without showing it',
    '  email: { smtp: "imap://u:p@acme.com", from: a@acme.com, to: b@acme.com }\n',
    /^sflink\.yaml:13:18 notifications\.email\.smtp: is not a valid URL of a mail server; give one like smtps:\S+/,
  ],
  [
    'a receiver that is not an e-mail address',
    '  email: { smtp: "${SMTP}", from: a@acme.com, to: ops }\n',
    'sflink.yaml:13:51 notifications.email.to: is not a valid e-mail address; give one like ops@acme.com; given "ops"',
  ],
  [
    'an unknown sync',
    '  webhook: { url: "${HOOK}" }\n  syncs: { nightli: off }\n',
    'sflink.yaml:14:12 notifications.syncs: "nightli" is not under syncs; use one of nightly; did you mean "nightly"?',
  ],
  [
    'e-mail receivers of a sync without a mail server',
    '  webhook: { url: "${HOOK}" }\n  syncs: { nightly: { email: { to: a@acme.com } } }\n',
    'sflink.yaml:14:23 notifications.syncs.nightly: email requires a mail server; give notifications.email with smtp, from and to',
  ],
])('%s is reported with its position', async ([, notifications, line], { problems }) => {
  const found = await problems(BASE + notifications)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(line)
})
