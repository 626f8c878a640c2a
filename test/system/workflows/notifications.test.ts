import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { type LoadRig, type RigOrg, startLoadRig, workerLog } from '../../rig/loadRig.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../unit/notifications/receivers.ts'

let rig: LoadRig
let hook: WebhookReceiver
let org: RigOrg
let connection: string

beforeAll(async () => {
  hook = await startWebhookReceiver()
  rig = await startLoadRig({
    syncs: {
      nightly: {
        connection: 'org-1',
        object: 'Contact',
        operation: 'create',
        source: { uri: 'file:data/nightly.csv' },
        fields: { LastName: 'last_name', Email: 'email' },
      },
      cleanup: {
        connection: 'org-1',
        object: 'Contact',
        operation: 'delete',
        source: { uri: 'file:data/cleanup.csv' },
        fields: { Id: 'id' },
      },
    },
    notifications: sync => {
      const webhook = { url: new Secret(hook.url) }
      if (sync === 'nightly') return { webhook, rejectedShare: 0.4 }
      return sync === 'cleanup' ? { webhook, plannedDeletions: 2 } : undefined
    },
  })
  org = await rig.openOrg()
  connection = org.connection
})
afterAll(async () => {
  await Promise.all([rig.close(), hook.close()])
})

async function runSource(source: string | undefined): Promise<{ readonly runId: string; readonly details: string }> {
  if (source !== undefined) await rig.source(source, 'nightly.csv')
  const label = randomUUID()
  const runId = `nightly.${label}`
  const workflowId = `sync/nightly/${label}`
  const args = [{ sync: 'nightly', runId }]
  const handle = await rig.client.workflow.start('syncRecords', { taskQueue: rig.taskQueue, workflowId, args })
  await handle.result().catch(() => undefined)
  const { currentDetails = '' } = (await handle.query('__temporal_workflow_metadata')) as { currentDetails?: string }
  return { runId, details: currentDetails }
}

const events = () => hook.received.map(({ notification }) => `${notification.event} ${notification.run.runId}`)

test('a sync that fails before it is planned, fails again, has too many rejected records and recovers sends two notifications', async () => {
  expect(connection).toBe('org-1')
  const first = await runSource(undefined)
  await runSource(undefined)
  await runSource('last_name,email\nFrank,frank\nBarr,barr@example.com\n')
  const last = await runSource('last_name,email\nFrank,frank@example.com\n')
  expect(events()).toEqual([`failing ${first.runId}`, `recovered ${last.runId}`])
  expect(hook.received[0]?.notification).toMatchObject({
    sync: 'nightly',
    failure: { type: 'SourceFileError' },
    run: { outcome: 'failed' },
  })
  expect(hook.received[1]?.notification.counts).toEqual({
    records: 1,
    created: 1,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    failed: 0,
    inDoubt: 0,
  })
})

test('a receiver that is down fails no run: the next run sends the notification, and the page shows that it was not sent', async () => {
  hook.received.splice(0)
  hook.answers.push(500, 500, 500)
  const { runId, details } = await runSource('last_name,email\n,frank@example.com\n')
  expect(details).toContain('**Notification was not sent:** Notification by webhook to 127.0.0.1:')
  expect(workerLog.filter(line => line.includes('Notification of the end of the run was not sent'))).toHaveLength(1)
  await runSource('last_name,email\n,frank@example.com\n')
  expect(events()).toEqual(Array.from({ length: 4 }, () => `failing ${runId}`))
  expect(new Set(hook.received.map(({ body }) => body)).size).toBe(1)
})

test('a plan and the run that applies it notify of many deletions once, before anything is deleted; few deletions do not', async () => {
  hook.received.splice(0)
  const ids = await org.create('Contact', [{ LastName: 'A' }, { LastName: 'B' }, { LastName: 'C' }, { LastName: 'D' }])
  const run = async (type: string, names: readonly string[], input: object) => {
    await rig.source(`id\n${names.join('\n')}\n`, 'cleanup.csv')
    const workflowId = `sync/cleanup/${randomUUID()}`
    await rig.client.workflow.execute(type, {
      taskQueue: rig.taskQueue,
      workflowId,
      args: [{ sync: 'cleanup', ...input }],
    })
    return workflowId.replace('sync/cleanup/', 'cleanup.')
  }
  await run('syncRecords', ids.slice(0, 1), {})
  expect(hook.received).toEqual([])
  const plan = await run('planRecords', ids.slice(1), {})
  expect(hook.received.map(({ notification }) => notification)).toMatchObject([
    { event: 'deletions', sync: 'cleanup', run: { runId: plan }, deletions: { records: 3, planned: 3, allowed: 2 } },
  ])
  expect(hook.received[0]?.notification.text).toContain('Nothing is deleted before the plan is applied.')
  expect(await org.records('Contact', 'LastName')).toEqual(expect.arrayContaining([{ LastName: 'D' }]))
  await rig.client.workflow.execute('syncRecords', {
    taskQueue: rig.taskQueue,
    workflowId: plan.replace('cleanup.', 'sync/cleanup/'),
    args: [{ sync: 'cleanup', plan }],
  })
  expect(hook.received).toHaveLength(1)
  expect(org.emulator.stats().calls['collectionDelete']).toBe(2)
})

test('a run of a sync without notifications runs no activity for them', async () => {
  const uri = await rig.source('last_name\nFrank\n')
  const spec = {
    connection,
    object: 'Contact',
    operation: 'create',
    source: { uri },
    fields: { LastName: 'last_name' },
  }
  const { handle, report } = await rig.start(spec)
  await report()
  const { events: history } = await handle.fetchHistory()
  expect(JSON.stringify(history)).not.toContain('notifyEnd')
})
