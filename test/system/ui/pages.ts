// The pages of Temporal's UI that the tests open, and the text on them.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Scene } from './scene.ts'

const NAMESPACE = 'namespaces/default'

/** Columns of the list that are useful for runs, in place of run ids and types. */
const COLUMNS = ['Status', 'Workflow ID', 'SflinkOutcome', 'SflinkObject']

/** Sets the columns of the list, as the gear below it does. */
export async function chooseColumns(page: Page): Promise<void> {
  const columns = JSON.stringify({ default: COLUMNS.map(label => ({ label })) })
  await page.addInitScript(value => localStorage.setItem('namespace-workflow-table-columns', value), columns)
}

/** @param query a list filter of Temporal, such as `SflinkSync = "nightly"`. @default all workflows */
export async function openList(page: Page, { uiUrl }: Scene, query?: string): Promise<void> {
  const filter = query === undefined ? '' : `?query=${encodeURIComponent(query)}`
  await page.goto(`${uiUrl}/${NAMESPACE}/workflows${filter}`)
}

/** Parts of a workflow's page, as in the UI's URLs. */
export type RunPart = 'history' | 'user-metadata' | 'pending-activities' | 'search-attributes' | 'memo'

export async function openRun(page: Page, scene: Scene, workflowId: string, part: RunPart): Promise<void> {
  const { runId } = await scene.client.workflow.getHandle(workflowId).describe()
  const path = `/${NAMESPACE}/workflows/${encodeURIComponent(workflowId)}/${runId}`
  // Opens another part of a run's page by its tab, as a person does.
  if (page.url().startsWith(scene.uiUrl + path)) await page.locator(`a[href="${path}/${part}"]`).first().click()
  else await page.goto(`${scene.uiUrl}${path}/${part}`)
}

/** Waits until the page shows all of the texts. */
export async function expectWords(page: Page, words: readonly string[]): Promise<void> {
  const missing = async () => {
    const text = await wordsOn(page)
    return words.filter(word => !text.includes(word))
  }
  await expect.poll(missing, { timeout: 20_000 }).toEqual([])
}

/** All text of the page with its frames: Markdown is shown in separate frames. */
export async function wordsOn(page: Page): Promise<string> {
  const texts = page.frames().map(frame => {
    // biome-ignore lint/performance/useDomNodeTextContent: innerText is the visible text
    const text = frame.locator('body').innerText()
    // A frame may be removed before it is read.
    return text.catch(() => '')
  })
  return (await Promise.all(texts)).join('\n').replaceAll(/\s+/g, ' ')
}

/** Runs in the browser: the texts of a frame that end below its visible part. */
const BELOW = `[...document.querySelectorAll('p, li, td, h3')]
  .filter(({ textContent }) => textContent.trim() !== '')
  .filter(element => element.getBoundingClientRect().bottom > window.innerHeight)
  .map(({ textContent }) => textContent)`

/** Texts in the frames of the page that no one can see: the UI sizes each frame, and it does not scroll. */
export async function hiddenTexts(page: Page): Promise<readonly string[]> {
  const frames = page.frames().slice(1)
  const hidden = frames.map(frame => frame.evaluate<string[]>(BELOW).catch(() => ['the frame was replaced']))
  return (await Promise.all(hidden)).flat()
}
