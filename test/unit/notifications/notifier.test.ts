import { createHmac, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createRoutes } from '../../../loader/http/agents.ts'
import { Secret } from '../../../loader/http/secret.ts'
import { openRunStores } from '../../../loader/storage/open.ts'
import type { PlannedDeletions } from '../../../notifications/deletionNotice.ts'
import { NotificationError, type RunEnd } from '../../../notifications/notification.ts'
import { createNotifier, type NotificationSettings } from '../../../notifications/notifier.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { type MailServer, startMailServer, startWebhookReceiver, type WebhookReceiver } from './receivers.ts'

const PASSWORD = 'p@ss word'
const HOOK_SECRET = 'hook-signing-secret'

const folder = temporaryFolder()
let hook: WebhookReceiver
let mail: MailServer

beforeAll(async () => {
  hook = await startWebhookReceiver()
  mail = await startMailServer(PASSWORD)
})
afterAll(async () => {
  await Promise.all([hook.close(), mail.close()])
})
afterEach(() => {
  hook.received.splice(0)
  hook.answers.splice(0)
  mail.mails.splice(0)
})

const webhook = () => ({ url: new Secret(hook.url), secret: new Secret(HOOK_SECRET) })
const email = (password = PASSWORD) => ({
  smtp: new Secret(`smtp://loader:${encodeURIComponent(password)}@127.0.0.1:${mail.port}`),
  from: 'sflink@acme.com',
  to: ['ops@acme.com', 'crm@acme.com'],
})

function notifierWith(settings: NotificationSettings) {
  return createNotifier({
    settingsFor: () => settings,
    syncStore: openRunStores('file:syncs', folder).open,
    runStore: openRunStores('file:runs', folder).open,
    routes: createRoutes(),
  })
}

const newSync = () => `nightly-${randomUUID()}`

const workflow = () => ({ namespace: 'default', workflowId: 'sync/nightly/2026-11-25', runId: randomUUID() })

const failed = (sync: string): RunEnd => ({
  sync,
  runId: `${sync}.2026-11-25`,
  workflow: workflow(),
  outcome: 'failed',
  failure: {
    type: 'RunRejectedError',
    message:
      "The source file:data/contacts.csv: 2 of 3 records can't be sent, maxRejected allows 0; nothing was sent. " +
      'The first is row 2: Email: "frank at acme" is not an e-mail address. All of them are in runs/r/rejected.csv\nmore',
  },
})

function completed(sync: string, rejected: number): RunEnd {
  const errors = [
    {
      errorCode: 'INVALID_EMAIL_ADDRESS',
      count: rejected,
      exampleRow: 2,
      exampleMessage: 'invalid email address: frank@acme',
    },
  ]
  return {
    sync,
    runId: `${sync}.2026-11-26`,
    workflow: workflow(),
    outcome: rejected === 0 ? 'completed' : 'completed_with_rejected',
    report: {
      connection: 'production',
      object: 'Contact',
      records: 10_000,
      tally: { created: 10_000 - rejected, updated: 0, deleted: 0, unchanged: 0, failed: rejected, inDoubt: 0 },
      errors: rejected === 0 ? [] : errors,
      files: {
        results: '/runs/r/results.csv',
        report: '/runs/r/report.json',
        ...(rejected === 0 ? {} : { rejected: '/runs/r/rejected.csv' }),
      },
    },
  }
}

const texts = () => hook.received.map(({ notification }) => notification.text)

test('sends one notification when a sync starts failing and one when it recovers', async () => {
  const sync = newSync()
  const notifier = notifierWith({ webhook: webhook(), email: email(), temporalUi: 'https://temporal.acme.com/' })
  const sent = []
  const ends = [completed(sync, 0), failed(sync), failed(sync), completed(sync, 3), completed(sync, 0), failed(sync)]
  for (const end of ends) sent.push(await notifier.notify(end))
  const both = ['webhook', 'email']
  expect(sent).toEqual([[], both, [], both, [], both])
  expect(hook.received.map(({ notification }) => notification.event)).toEqual(['failing', 'recovered', 'failing'])
  const url = `https://temporal.acme.com/namespaces/default/workflows/sync%2Fnightly%2F2026-11-25/${ends[1]?.workflow.runId}/user-metadata`
  expect(texts().slice(0, 2)).toEqual([
    `Sync ${sync} is failing: The source file:data/contacts.csv: 2 of 3 records can't be sent, maxRejected allows 0; ` +
      `nothing was sent. All of them are in runs/r/rejected.csv. Run ${sync}.2026-11-25. ${url}`,
    expect.stringMatching(
      new RegExp(`^Sync ${sync} has recovered: 9,997 of 10,000 records loaded\\. Run ${sync}\\.2026-11-26\\. https:`),
    ),
  ])
  const signature = createHmac('sha256', HOOK_SECRET)
    .update(hook.received[0]?.body ?? '')
    .digest('hex')
  expect(hook.received[0]?.headers['x-sflink-signature']).toBe(`sha256=${signature}`)
  expect(mail.mails).toHaveLength(3)
  const first = mail.mails[0] ?? ''
  expect(first).toContain(`Subject: Sync ${sync} is failing`)
  expect(first).toContain('To: ops@acme.com, crm@acme.com')
  expect(first).toContain(`Message-ID: <${hook.received[0]?.notification.id}@salesforce-link>`)
  expect(JSON.stringify(hook.received) + mail.mails.join()).not.toContain('frank')
})

test('counts a run with more than the allowed share rejected as failing, with counts, codes and files', async () => {
  const sync = newSync()
  const notifier = notifierWith({ webhook: webhook(), rejectedShare: 0.05 })
  for (const rejected of [500, 501, 9_000, 0]) await notifier.notify(completed(sync, rejected))
  expect(texts()).toEqual([
    `Sync ${sync} is failing: 501 of 10,000 records were rejected or are in doubt (5.01%, allowed 5%): 501 × INVALID_EMAIL_ADDRESS. ` +
      `Their rows: /runs/r/rejected.csv. Run ${sync}.2026-11-26.`,
    `Sync ${sync} has recovered: 10,000 of 10,000 records loaded. Run ${sync}.2026-11-26.`,
  ])
  expect(hook.received[0]?.notification).toMatchObject({
    event: 'failing',
    sync,
    object: 'Contact',
    counts: { records: 10_000, created: 9_499, updated: 0, deleted: 0, unchanged: 0, failed: 501, inDoubt: 0 },
    errors: [{ errorCode: 'INVALID_EMAIL_ADDRESS', count: 501, message: 'invalid email address: …' }],
    files: { rejected: '/runs/r/rejected.csv' },
  })
})

test('a cancelled run changes nothing', async () => {
  const sync = newSync()
  const notifier = notifierWith({ webhook: webhook() })
  await notifier.notify(failed(sync))
  await expect(notifier.notify({ ...failed(sync), outcome: 'cancelled' })).resolves.toEqual([])
  expect(hook.received).toHaveLength(1)
})

test('sends the same notification again, through the channel that failed only, also with the end of a later run', async () => {
  const sync = newSync()
  const notifier = notifierWith({ webhook: webhook(), email: email() })
  hook.answers.push(500, 500)
  const end = failed(sync)
  const error: unknown = await notifier.notify(end).catch(thrown => thrown)
  expect(error).toBeInstanceOf(NotificationError)
  expect(String(error)).toMatch(
    /^NotificationError: Notification by webhook to 127\.0\.0\.1:\d+ failed: it answered 500\. Check notifications\.webhook/,
  )
  expect(inspect(error)).not.toContain('hook-secret')
  await expect(notifier.notify(end)).rejects.toThrow(NotificationError)
  await expect(notifier.notify(failed(sync))).resolves.toEqual(['webhook'])
  expect(new Set(hook.received.map(({ body }) => body)).size).toBe(1)
  expect(mail.mails).toHaveLength(1)
})

test('one of two runs that end at once on two workers sends the notification', async () => {
  const sync = newSync()
  const changes = await Promise.all(
    Array.from({ length: 6 }, () => notifierWith({ webhook: webhook() }).notify(failed(sync))),
  )
  const ids = new Set(hook.received.map(({ notification }) => notification.id))
  expect(ids.size).toBe(1)
  expect(changes.flat().length).toBe(hook.received.length)
  const kept = join(folder, 'syncs', sync, 'notifications/changes')
  expect(await readdir(kept)).toEqual(['000001.json'])
  expect(await readFile(join(kept, '000001.json'), 'utf8')).not.toMatch(/hook-s|p@ss/)
})

test('reports the error of the mail server, without the password', async () => {
  const notifier = notifierWith({ email: email('another-secret') })
  const error: unknown = await notifier.notify(failed(newSync())).catch(thrown => thrown)
  expect(String(error)).toMatch(
    /^NotificationError: Notification by email to 127\.0\.0\.1:\d+ failed: .*Invalid login.*\. Check notifications\.email: smtp, from and to$/,
  )
  expect(inspect(error)).not.toMatch(/another-secret/)
})

test('reports a receiver that cannot be reached', async () => {
  const nowhere = { url: new Secret('http://127.0.0.1:1/hook-secret') }
  await expect(
    notifierWith({ webhook: nowhere, email: email('another-secret') }).notify(failed(newSync())),
  ).rejects.toThrow(/ and the network\. Notification by email to /)
  const notifier = notifierWith({ webhook: nowhere })
  await expect(notifier.notify(failed(newSync()))).rejects.toThrow(
    'Notification by webhook to 127.0.0.1:1 failed: the connection was refused. Check notifications.webhook.url and the network',
  )
})

test('of the runs without a sync the first of a day that fails sends a notification, however many there are', async () => {
  const notifier = notifierWith({ webhook: webhook() })
  const { sync: _, ...other } = failed('x')
  const { sync: __, ...good } = completed('x', 0)
  for (let run = 0; run < 16; run += 1) {
    await notifier.notify({ ...other, runId: `run-${run}`, workflow: workflow() })
    await notifier.notify({ ...good, runId: `good-${run}`, workflow: workflow() })
  }
  expect(hook.received.map(({ notification }) => notification.run.runId)).toEqual(['run-0'])
})

test('nothing in a text is a command for Slack or a terminal', async () => {
  const notifier = notifierWith({ webhook: webhook(), email: email() })
  const message =
    'The load into <!channel> <https://evil.example|Reset your password here> & \u001b]0;x\u0007\u202e failed'
  await notifier.notify({ ...failed(newSync()), failure: { type: 'RunRejectedError', message } })
  expect(texts()[0]).toContain(
    'The load into &lt;!channel&gt; &lt;https://evil.example|Reset your password here&gt; &amp; \\u001b]0;x\\u0007\\u202e failed',
  )
  expect(['\u001b', '\u0007'].filter(control => mail.mails[0]?.includes(control))).toEqual([])
})

const planned = (sync: string, deletions: number, plans = false): PlannedDeletions => ({
  ...{ sync, runId: `${sync}.2026-11-25`, workflow: workflow(), connection: 'production', object: 'Contact' },
  ...{ records: 5_000, deletions, plans },
})

test('more planned deletions than are allowed send one notification for each run and channel, before anything is sent', async () => {
  const sync = newSync()
  const notifier = notifierWith({
    webhook: webhook(),
    email: email(),
    plannedDeletions: 1_000,
    temporalUi: 'https://t',
  })
  expect(notifier.plannedDeletions(sync)).toBe(1_000)
  expect(await notifier.notifyDeletions(planned(sync, 1_000))).toEqual([])
  const many = planned(sync, 1_234)
  hook.answers.push(500)
  await expect(notifier.notifyDeletions(many)).rejects.toThrow('Notification by webhook to 127.0.0.1')
  expect(await notifier.notifyDeletions(many)).toEqual(['webhook'])
  expect(await notifier.notifyDeletions(many)).toEqual([])
  expect(hook.received).toHaveLength(2)
  expect(hook.received[0]?.body).toBe(hook.received[1]?.body)
  const url = `https://t/namespaces/default/workflows/sync%2Fnightly%2F2026-11-25/${many.workflow.runId}/user-metadata`
  expect(hook.received[0]?.notification).toMatchObject({
    event: 'deletions',
    sync,
    text:
      `Sync ${sync} plans to delete 1,234 records of Contact by connection production, more than plannedDeletions 1,000. ` +
      `It begins to send now. Pause it: sflink sync pause ${many.runId}. Run ${many.runId}. ${url}`,
    run: { runId: many.runId, url },
    deletions: { records: 5_000, planned: 1_234, allowed: 1_000 },
  })
  expect(mail.mails).toHaveLength(1)
  expect(mail.mails[0]).toMatch(new RegExp(`Subject: Sync ${sync} plans many\\s+deletions`))
  expect(mail.mails[0]).toContain('planned: 1234')
})

test('a plan says that nothing is deleted before it is applied; without a limit no number sends a notification', async () => {
  const sync = newSync()
  const notifier = notifierWith({ webhook: webhook(), plannedDeletions: 0 })
  expect(await notifier.notifyDeletions(planned(sync, 1, true))).toEqual(['webhook'])
  expect(texts()[0]).toContain('more than plannedDeletions 0. Nothing is deleted before the plan is applied. Run ')
  expect(await notifierWith({ webhook: webhook() }).notifyDeletions(planned(newSync(), 1_000_000))).toEqual([])
})
