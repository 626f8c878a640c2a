// What Temporal's UI shows of runs.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, picture } from './browser.ts'
import { chooseColumns, expectWords, hiddenTexts, openList, openRun, type RunPart, wordsOn } from './pages.ts'
import { cancelledRun, failedRun, rejectedRun, waitingRun } from './runs.ts'
import { type Scene, setScene } from './scene.ts'

let scene: Scene
let browser: Browser
let page: Page
/** Workflow ids. */
let rejected: string
let failed: string
let cancelled: string
let waiting: string

beforeAll(async () => {
  ;[scene, browser] = await Promise.all([setScene(), openBrowser()])
  page = await browser.newPage({ viewport: { width: 1280, height: 1100 } })
  await chooseColumns(page)
  const { stdout } = await scene.sflink(['setup'])
  expect(stdout).toContain('Registered')
  ;[rejected, failed] = await Promise.all([rejectedRun(scene), failedRun(scene)])
  cancelled = await cancelledRun(scene)
  waiting = await waitingRun(scene)
})
afterAll(async () => {
  await browser?.close()
  await scene?.close()
})

async function look(workflowId: string, part: RunPart, words: readonly string[]): Promise<void> {
  await openRun(page, scene, workflowId, part)
  await expectWords(page, words)
}

test('the list shows each run by sync and time, and filters by sync and outcome', async () => {
  await openList(page, scene)
  await expectWords(page, [rejected, failed, cancelled, waiting, '1 Running', '1 Completed', '1 Failed', '1 Canceled'])
  await expectWords(page, ['completed_with_rejected', 'failed', 'cancelled', 'Contact'])
  await picture(page, 'temporal-ui-list', 480)
  await openList(page, scene, 'SflinkOutcome = "completed_with_rejected" AND SflinkSync = "nightly-contacts"')
  await expectWords(page, ['1 Workflow', rejected])
  expect(await wordsOn(page)).not.toContain(waiting)
})

test('a run with rejected records shows how many, why, where they are, and what to do', async () => {
  await look(rejected, 'user-metadata', [
    'file:data/contacts-2026-11-25.csv into Contact in production (create, update or upsert by column action)',
    'Started by sflink sync run nightly-contacts. Results: sflink sync results nightly-contacts.',
    'Completed with rejected records: 54 of 60 records created or updated',
    'Loads file:data/contacts-2026-11-25.csv into Contact',
    '60 52 2 6 0 0',
    '2 12 Segment: bad value for restricted picklist field: … (INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST)',
    '1 18 Key field: no record has this key (KEY_NOT_FOUND)',
    '/results.csv',
    '6 records to correct and reload',
    '/rejected.csv',
    'Next: correct the rejected rows and load only these: sflink sync run nightly-contacts --source file:…',
  ])
  await picture(page, 'temporal-ui-rejected', 1060)
  expect(await wordsOn(page)).not.toMatch(/Enterprize|person 3|unknown@example\.com/)
  await look(rejected, 'history', [
    'log in to connection production and validate the field mapping against Contact',
    'find the records of 3 keys in the org',
    'chunk 1 of 4: upload 20 records to create, from row 1',
    'combine the results of all chunks',
  ])
  await look(rejected, 'search-attributes', ['"SflinkOrg": "00D', '"SflinkOperation": "by column"'])
  await look(rejected, 'memo', ['"outcome": "completed_with_rejected"', '"failed": 6', '/rejected.csv"'])
})

test('a failed run shows the reason in its first line, and what to do', async () => {
  const reason =
    /^.*Login of connection sandbox failed: 400 invalid_client: invalid client credentials .* Check clientSecret: it is the app's Consumer Secret\./
  await look(failed, 'history', ['"failure": { "message": "Login of connection sandbox failed'])
  expect(await wordsOn(page)).toMatch(reason)
  await picture(page, 'temporal-ui-failed', 700)
  await look(failed, 'user-metadata', [
    'Failed: Login of connection sandbox failed',
    'Next: correct the cause, then resume the run; nothing was sent yet, so it takes the sync as it is configured then (if an option of the command is wrong, start a new run): sflink sync resume leads.',
  ])
})

test('the whole text of a page is visible', async () => {
  for (const run of [rejected, failed, cancelled, waiting]) {
    await look(run, 'user-metadata', ['Run '])
    // The frame of each text is sized by the UI; what is below its end cannot be seen or scrolled to.
    await expect.poll(() => hiddenTexts(page), { timeout: 20_000 }).toEqual([])
  }
})

test('a cancelled run shows the outcome of its records so far', async () => {
  await look(cancelled, 'user-metadata', [
    'Cancelled before all of 60 records were sent: 20 of 60 records created or updated',
    '(NOT_SENT)',
    'Next: resume the run; records that were sent are not sent again: sflink sync resume nightly-contacts.',
  ])
})

test('a running run shows what each chunk waits for, and since when', async () => {
  await look(waiting, 'user-metadata', [
    'Sending: 0 of 60 records settled, 0 of 3 chunks',
    'waits for Salesforce to process job 750',
    'rejected for a transient reason (attempt 2)',
    'uploads 20 records to create',
  ])
  await picture(page, 'temporal-ui-running', 900)
  await look(waiting, 'pending-activities', [
    'Salesforce is processing job 750',
    '0 of 20 records processed',
    "The org's API calls of the last 24 hours are used up",
  ])
  await look(waiting, 'history', ['records rejected for a transient reason, sent again at'])
})
