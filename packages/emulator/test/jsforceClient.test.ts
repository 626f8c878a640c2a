import { Connection } from 'jsforce'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../index.ts'

let emulator: Emulator
let connection: Connection

beforeAll(async () => {
  emulator = await startEmulator()
  const { username, password, securityToken, clientId, clientSecret } = emulator.credentials
  connection = new Connection({ oauth2: { loginUrl: emulator.url, clientId, clientSecret }, version: '67.0' })
  await connection.login(username, password + securityToken)
})
afterAll(() => emulator.close())

describe('jsforce as a client of the emulated org', () => {
  test('logs in and reads its identity', async () => {
    expect(connection.instanceUrl).toBe(emulator.url)
    expect(await connection.identity()).toMatchObject({ username: emulator.credentials.username })
  })

  test('reads the default records in pages', async () => {
    const result = await connection.query('SELECT Id, Email, Account.Ext_Id__c FROM Contact', { autoFetch: true })
    expect(result.totalSize).toBe(300)
    expect(connection.limitInfo.apiUsage?.limit).toBe(100_000)
    expect(result.records[0]).toMatchObject({ Email: 'contact001@example.com', Account: { Ext_Id__c: 'ACME-001' } })
  })

  test('describes objects', async () => {
    const { sobjects, maxBatchSize } = await connection.describeGlobal()
    expect(maxBatchSize).toBe(200)
    expect(sobjects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Account', 'Contact', 'Lead', 'Invoice__c']),
    )
    const { fields, keyPrefix } = await connection.sobject('Contact').describe()
    expect(keyPrefix).toBe('003')
    expect(fields.find(({ name }) => name === 'LastName')).toMatchObject({
      nillable: false,
      createable: true,
      length: 80,
    })
  })

  test('creates, updates, upserts and deletes', async () => {
    const contact = connection.sobject('Contact')
    const created = await contact.create({ LastName: 'Jsforce', Ext_Id__c: 'js-1' })
    expect(created).toMatchObject({ success: true, errors: [] })
    const id = created.id ?? ''
    expect(await contact.update({ Id: id, Title: 'Captain' })).toMatchObject({ id, success: true })
    expect(await contact.upsert({ Ext_Id__c: 'js-1', FirstName: 'J' }, 'Ext_Id__c')).toMatchObject({
      id,
      success: true,
    })
    expect(await contact.retrieve(id)).toMatchObject({ FirstName: 'J', Title: 'Captain', Name: 'J Jsforce' })
    const many = await contact.upsert(
      [
        { Ext_Id__c: 'js-1', Title: 'A' },
        { Ext_Id__c: 'js-2', LastName: 'B' },
      ],
      'Ext_Id__c',
    )
    expect(many.map(({ success }) => success)).toEqual([true, true])
    expect(await contact.destroy(id)).toMatchObject({ success: true })
  })

  test('gets errors with their code', async () => {
    await expect(connection.sobject('Contact').create({ FirstName: 'x' })).rejects.toMatchObject({
      errorCode: 'REQUIRED_FIELD_MISSING',
      message: 'Required fields are missing: [LastName]',
    })
    await expect(connection.query('SELEKT Id FROM Contact')).rejects.toMatchObject({ errorCode: 'MALFORMED_QUERY' })
  })

  test('loads in bulk and gets a result for every row', async () => {
    const input = `LastName,Email\n${Array.from({ length: 500 }, (_, index) => `Bulk${index},bulk${index}@example.com`).join('\n')}\n,nameless@example.com\n`
    connection.bulk2.pollInterval = 20
    const results = await connection.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'insert', input })
    expect(results.successfulResults).toHaveLength(500)
    expect(results.failedResults).toMatchObject([
      {
        sf__Error: 'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --',
        Email: 'nameless@example.com',
      },
    ])
    expect(results.unprocessedRecords).toEqual([])
  })

  test('queries in bulk', async () => {
    const stream = await connection.bulk2.query("SELECT Id, LastName FROM Contact WHERE LastName LIKE 'Bulk%'")
    const rows = await stream.toArray()
    expect(rows).toHaveLength(500)
  })
})
