// Runs that a released version started continue under the current code: their histories replay.
import { readFile } from 'node:fs/promises'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { expect, inject, test } from 'vitest'
import { SCENARIOS } from './scenarios.ts'
import { type StoredHistory, storedHistories, storedVersions } from './storedHistories.ts'

Runtime.install({ logger: new DefaultLogger('ERROR') })

const versions = await storedVersions()

test('the stored histories cover every kind of run', async () => {
  if (versions.length === 0) throw new Error('No histories are stored. Record those of this version: npm run histories')
  const newest = versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? ''
  const names = (await storedHistories(newest)).map(({ name }) => name)
  expect(names).toEqual([...SCENARIOS].sort())
})

test.each(versions)('the histories of %s replay', async version => {
  const histories = await storedHistories(version)
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  const broken: string[] = []
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { code } }, given(histories))) {
    if (error !== undefined) broken.push(`${workflowId}: ${error.message}`)
  }
  expect(broken).toEqual([])
})

function* given(histories: readonly StoredHistory[]) {
  for (const { name, json } of histories) yield { workflowId: name, history: JSON.parse(json) as unknown }
}

test.each(versions)('the histories of %s hold no secret', async version => {
  for (const { json } of await storedHistories(version)) {
    // Payloads are base64.
    const texts = [...json.matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    )
    expect([json, ...texts].join('\n')).not.toMatch(/emulator-client-secret|client_?secret|00D\w{12,15}!|Bearer /i)
  }
})
