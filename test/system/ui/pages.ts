// The pages of Temporal's UI that are looked at, and what is read on them.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Scene } from './scene.ts'

const NAMESPACE = 'namespaces/default'

/** What a person who looks at runs every day would show in the list, in place of run ids and types. */
const COLUMNS = ['Status', 'Workflow ID', 'SflinkOutcome', 'SflinkObject']

/** Chooses the columns of the list, as the gear below it does. */
export async function chooseColumns(page: Page): Promise<void> {
  const columns = JSON.stringify({ default: COLUMNS.map(label => ({ label })) })
  await page.addInitScript(value => localStorage.setItem('namespace-workflow-table-columns', value), columns)
}

/** @param query of Temporal's list, such as `SflinkSync = "nightly"`. @default all workflows */
export async function openList(page: Page, { uiUrl }: Scene, query?: string): Promise<void> {
  const filter = query === undefined ? '' : `?query=${encodeURIComponent(query)}`
  await page.goto(`${uiUrl}/${NAMESPACE}/workflows${filter}`)
}

/** Parts of a workflow's page, as the UI's addresses call them. */
export type RunPart = 'history' | 'user-metadata' | 'pending-activities' | 'search-attributes' | 'memo'

export async function openRun(page: Page, scene: Scene, workflowId: string, part: RunPart): Promise<void> {
  const { runId } = await scene.client.workflow.getHandle(workflowId).describe()
  const path = `/${NAMESPACE}/workflows/${encodeURIComponent(workflowId)}/${runId}`
  // From one part of a run's page to another by its tabs, as a person goes.
  if (page.url().startsWith(scene.uiUrl + path)) await page.locator(`a[href="${path}/${part}"]`).first().click()
  else await page.goto(`${scene.uiUrl}${path}/${part}`)
}

/** Waits until all of the words stand on the page. */
export async function expectWords(page: Page, words: readonly string[]): Promise<void> {
  const missing = async () => {
    const text = await wordsOn(page)
    return words.filter(word => !text.includes(word))
  }
  await expect.poll(missing, { timeout: 20_000 }).toEqual([])
}

/** All text of the page, its frames included: Markdown is shown in frames of its own. */
export async function wordsOn(page: Page): Promise<string> {
  const texts = page.frames().map(frame => {
    // biome-ignore lint/performance/useDomNodeTextContent: what a person sees is the text as it is laid out
    const text = frame.locator('body').innerText()
    // A frame may be gone by the time it is read.
    return text.catch(() => '')
  })
  return (await Promise.all(texts)).join('\n').replaceAll(/\s+/g, ' ')
}
