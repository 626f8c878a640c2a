// `sflink setup` against new namespaces on the tests' server.
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { SEARCH_ATTRIBUTES } from '../../../packages/client/contract/searchAttributes.ts'
import { attributesThere } from '../../../workers/searchAttributes.ts'
import { sflink } from '../../rig/sflink.ts'

const TEXT = 1
const KEYWORD = 2
const NAMES = SEARCH_ATTRIBUTES.join(', ')

const address = inject('temporalAddress')
let connection: Connection
beforeAll(async () => {
  connection = await Connection.connect({ address })
})
afterAll(() => connection.close())

/** @param searchAttributes existing ones, by name */
async function namespaceWith(searchAttributes: Record<string, number>): Promise<string> {
  const namespace = `setup-${randomUUID()}`
  const workflowExecutionRetentionPeriod = msToTs('1 day')
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  const attempt = async () => {
    await connection.operatorService.listSearchAttributes({ namespace })
    if (Object.keys(searchAttributes).length > 0) {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
    }
  }
  // The server learns of a new namespace some moments later.
  await vi.waitFor(attempt, { timeout: 30_000, interval: 200 })
  return namespace
}

const setup = (namespace: string) =>
  sflink(['setup'], { cwd: tmpdir(), environment: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } })

test.concurrent('missing search attributes are registered and listed, and a second call changes nothing', async () => {
  const namespace = await namespaceWith({ SflinkSync: KEYWORD })
  const where = `namespace ${namespace} of Temporal at ${address}`
  expect(await setup(namespace)).toEqual({
    code: 0,
    stdout: `Registered in ${where} the search attributes ${NAMES.replace('SflinkSync, ', '')}. Registered before: SflinkSync.\n`,
    stderr: '',
  })
  expect((await attributesThere(connection.operatorService, namespace)).registered).toEqual([...SEARCH_ATTRIBUTES])
  expect(await setup(namespace)).toEqual({
    code: 0,
    stdout: `Nothing to do: ${where} has the search attributes ${NAMES}.\n`,
    stderr: '',
  })
})

test.concurrent('a namespace without free search attributes is reported in one line with its remedy', async () => {
  const others = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`Other${index}`, KEYWORD]))
  const namespace = await namespaceWith(others)
  const { code, stdout, stderr } = await setup(namespace)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^The namespace setup-\S+ of Temporal at \S+ has no search attributes SflinkSync, .* more than 10 .*Runs work without them; .* temporal operator search-attribute create .*\n$/,
  )
})

test.concurrent('an attribute of another type is reported', async () => {
  const { code, stderr } = await setup(await namespaceWith({ SflinkOrg: TEXT }))
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^The namespace .* has SflinkOrg as Text, but it must be Keyword\. .* search-attribute remove --name SflinkOrg\n$/,
  )
})
