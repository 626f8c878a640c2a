import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../index.ts'
import { type ApiClient, apiClient, runIngestJob } from './apiClient.ts'

/** One recorded answer, and the request that must get it. Placeholders such as `{completeJob}` are ids that `prepared` creates. */
type RecordedAnswer = {
  /** Method and path, below `/services/data/v67.0` unless it starts with a service. */
  readonly request: string
  readonly sends?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly token?: string
  readonly status: number
  /** The whole body. */
  readonly body?: string
  /** Names of the emulated org -> names of the recorded org. */
  readonly recordedAs?: Readonly<Record<string, string>>
  /** The keys of the body, in order. */
  readonly keys?: string
  /** The keys of the objects inside the body, by path. */
  readonly keysAt?: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, unknown>>
  /** The lines of a CSV body. */
  readonly lines?: readonly string[]
  /** The start of each header. */
  readonly headers?: Readonly<Record<string, string>>
  readonly absentHeaders?: readonly string[]
}

type FieldFacts = Readonly<Record<string, unknown>>

type RecordedDescribe = {
  readonly fieldKeys: string
  readonly objectKeys: string
  readonly picklistValueKeys: string
  readonly childRelationshipKeys: string
  /** Attributes as `name=JSON; name=JSON`: of every field, of each type, and of each field; the later ones override the earlier. */
  readonly fieldDefaults: string
  readonly fieldDefaultsByType: Readonly<Record<string, string>>
  readonly objects: Readonly<Record<string, RecordedObject>>
  readonly global: {
    readonly keys: string
    readonly maxBatchSize: number
    readonly encoding: string
    /** Key prefix and the keys that are true, by object. */
    readonly objects: Readonly<Record<string, string>>
  }
}

type RecordedObject = {
  readonly keyPrefix: string
  readonly label: string
  readonly labelPlural: string
  /** The keys that are true. */
  readonly flags: string
  readonly fields: Readonly<Record<string, string>>
  /** `*value=label|value`: `*` marks the default, a label is present when it differs from the value. */
  readonly picklists: Readonly<Record<string, string>>
}

type DescribeAnswer = Readonly<Record<string, unknown>> & {
  readonly fields: readonly FieldFacts[]
  readonly childRelationships: readonly object[]
}

function recorded<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../recorded/${file}`, import.meta.url), 'utf8')) as T
}

const answers = recorded<Readonly<Record<string, RecordedAnswer>>>('answers.json')
const describes = recorded<RecordedDescribe>('describe.json')
const index = recorded<{
  readonly sources: Readonly<Record<string, object>>
  readonly facts: Readonly<Record<string, { readonly source: string; readonly path: string; readonly date: string }>>
}>('index.json')

let emulator: Emulator
let api: ApiClient
let prepared: Readonly<Record<string, string>>

beforeAll(async () => {
  // The org of the recordings has record types of accounts only.
  emulator = await startEmulator({
    recordTypes: [{ object: 'Account', developerName: 'Household' }],
    duplicateRules: [{ object: 'Contact', fields: ['Email', 'LastName'], action: 'alert' }],
  })
  api = apiClient(emulator)
  const { id: deletedContact } = (await api.post('/sobjects/Contact', { LastName: 'Gone' })).body as { id: string }
  await api.delete(`/sobjects/Contact/${deletedContact}`)
  await api.post('/sobjects/Contact', { LastName: 'Twin', Email: 'twin@example.com' })
  const job = await runIngestJob(
    api,
    { object: 'Contact', operation: 'insert' },
    'LastName,FirstName\nAbel,Ada\n"",""\n',
  )
  const { username, password, securityToken, refreshToken } = emulator.credentials
  prepared = { deletedContact, completeJob: job.id, username, password: password + securityToken, refreshToken }
})
afterAll(() => emulator.close())

function filled(text: string): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => prepared[name] ?? placeholder)
}

async function answerTo({ request, sends, form, token }: RecordedAnswer): Promise<Response> {
  const [method = '', ...rest] = request.split(' ')
  const [path = '', query] = filled(rest.join(' ')).split('?')
  const [name = '', value = ''] = query?.split(/=(.*)/s) ?? []
  const root = path.startsWith('/services') ? '' : '/services/data/v67.0'
  const url = `${emulator.url}${root}${path}${query === undefined ? '' : `?${name}=${encodeURIComponent(value)}`}`
  if (form !== undefined) {
    const { clientId: client_id, clientSecret: client_secret } = emulator.credentials
    const body = new URLSearchParams({ client_id, client_secret })
    for (const [key, text] of Object.entries(form)) body.set(key, filled(text))
    return fetch(url, { method, body })
  }
  return fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token ?? emulator.credentials.accessToken}`,
      'content-type': 'application/json',
    },
    ...(sends !== undefined && { body: JSON.stringify(sends) }),
  })
}

function inRecordedNames(text: string, names: Readonly<Record<string, string>> = {}): string {
  return Object.entries(names).reduce((changed, [ours, theirs]) => changed.replaceAll(ours, theirs), text)
}

function keysOf(value: unknown, path = ''): string {
  let found = value
  for (const step of path.split('.').filter(part => part !== '')) found = (found as Record<string, unknown>)[step]
  return Object.keys(found as object).join(' ')
}

describe('an answer', () => {
  test.each(Object.entries(answers))('%s is as recorded', async (_, fact) => {
    const response = await answerTo(fact)
    const text = await response.text()
    expect(response.status).toBe(fact.status)
    if (fact.body !== undefined) expect(inRecordedNames(text, fact.recordedAs)).toBe(fact.body)
    if (fact.keys !== undefined) expect(keysOf(JSON.parse(text))).toBe(fact.keys)
    for (const [path, keys] of Object.entries(fact.keysAt ?? {})) expect(keysOf(JSON.parse(text), path)).toBe(keys)
    if (fact.values !== undefined) expect(JSON.parse(text)).toMatchObject(fact.values)
    if (fact.lines !== undefined) {
      const [header = '', ...lines] = text.trimEnd().split('\n')
      expect([header, ...lines.map(line => inRecordedNames(line, fact.recordedAs))]).toEqual(fact.lines)
    }
    for (const [name, start] of Object.entries(fact.headers ?? {}))
      expect([name, response.headers.get(name)?.slice(0, start.length)]).toEqual([name, start])
    for (const name of fact.absentHeaders ?? []) expect(response.headers.get(name)).toBeNull()
  })
})

/** `name=JSON; name=JSON` as an object. */
function facts(text: string): FieldFacts {
  const pairs = text.split('; ').map(pair => pair.split(/=(.*)/s))
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, JSON.parse(value)]))
}

function recordedFields({ fields, picklists }: RecordedObject): readonly FieldFacts[] {
  return Object.entries(fields).map(([name, text]) => {
    const own = facts(text)
    const ofType = facts(describes.fieldDefaultsByType[String(own['type'])] ?? '')
    return {
      ...facts(describes.fieldDefaults),
      ...ofType,
      ...own,
      name,
      picklistValues: picklistValues(picklists[name]),
    }
  })
}

function picklistValues(text = ''): readonly FieldFacts[] {
  return text
    .split('|')
    .filter(Boolean)
    .map(entry => {
      const [value, label = value] = entry.replace(/^\*/, '').split('=')
      return { active: true, defaultValue: entry.startsWith('*'), label, validFor: null, value }
    })
}

async function described(objectName: string): Promise<DescribeAnswer> {
  return (await api.get(`/sobjects/${objectName}/describe`)).body as DescribeAnswer
}

function trueKeys(answer: object): string {
  return Object.entries(answer)
    .flatMap(([key, value]) => (value === true ? [key] : []))
    .sort()
    .join(' ')
}

describe.each(Object.entries(describes.objects))('describe of %s', (objectName, fact) => {
  test('has the standard fields in the recorded order, with every recorded attribute', async () => {
    const standard = (await described(objectName)).fields.filter(({ custom }) => custom === false)
    expect(standard.map(({ name }) => name)).toEqual(Object.keys(fact.fields))
    expect(standard).toEqual(recordedFields(fact))
  })

  test('has the recorded keys', async () => {
    const answer = await described(objectName)
    expect(Object.keys(answer).sort().join(' ')).toBe(describes.objectKeys)
    expect(keysOf(answer.childRelationships[0])).toBe(describes.childRelationshipKeys)
    for (const field of answer.fields) {
      expect(Object.keys(field).sort().join(' ')).toBe(describes.fieldKeys)
      for (const value of field['picklistValues'] as object[]) expect(keysOf(value)).toBe(describes.picklistValueKeys)
    }
  })

  test('has the recorded abilities and labels', async () => {
    const { keyPrefix, label, labelPlural, flags } = fact
    const answer = await described(objectName)
    expect(trueKeys(answer)).toBe(flags)
    expect(answer).toMatchObject({ keyPrefix, label, labelPlural })
  })
})

describe('describe global', () => {
  test('lists the objects with their recorded keys, key prefixes and abilities', async () => {
    const { body } = await api.get('/sobjects')
    const { encoding, maxBatchSize, sobjects } = body as {
      encoding: string
      maxBatchSize: number
      sobjects: readonly { readonly name: string; readonly keyPrefix: string }[]
    }
    const { keys, objects } = describes.global
    expect({ encoding, maxBatchSize }).toEqual({
      encoding: describes.global.encoding,
      maxBatchSize: describes.global.maxBatchSize,
    })
    const known = sobjects.filter(({ name }) => name in objects)
    expect(Object.fromEntries(known.map(found => [found.name, `${found.keyPrefix} ${trueKeys(found)}`]))).toEqual(
      objects,
    )
    for (const found of sobjects) expect(Object.keys(found).sort().join(' ')).toBe(keys)
  })
})

test('the index has the source of every recorded fact, and no others', () => {
  const objects = Object.keys(describes.objects).map(name => `describe-${name}`)
  expect(Object.keys(index.facts).sort()).toEqual([...Object.keys(answers), ...objects, 'describe-global'].sort())
  for (const { source } of Object.values(index.facts)) expect(Object.keys(index.sources)).toContain(source)
})
