// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfiguration } from '../../../config/configuration.ts'
import { inProcess } from '../../rig/inProcess.ts'
import { dataLoaderFolder, LOAD, processConf } from '../../rig/processConf.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
async function imported(processes: Parameters<typeof processConf>[0], files: Readonly<Record<string, string>> = {}) {
  const cwd = await dataLoaderFolder(folder, { 'conf/process-conf.xml': processConf(processes), ...files })
  const { code, stdout, stderr } = await inProcess(['import', 'conf'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const text = await readFile(join(cwd, 'sflink.yaml'), 'utf8')
  return { cwd, stdout, text, file: parse(text) }
}

test('an insert becomes a create with columns as the header spells them', async () => {
  const { file, text } = await imported({ contactInsert: LOAD })
  expect(file.syncs.contactInsert).toEqual({
    connection: 'production',
    object: 'Contact',
    operation: 'create',
    source: { uri: 'file:data/contacts.csv' },
    fields: { LastName: 'last_name', Email: 'email' },
    formats: { dates: ['MM/dd/yyyy', 'MM/dd/yyyy HH:mm', 'MM/dd/yyyy HH:mm:ss', 'yyyyMMdd'] },
    identityFields: ['last_name', 'email'],
    resultColumns: ['id', 'outcome'],
  })
  expect(file.connections.production).toEqual({
    loginUrl: 'https://acme.my.salesforce.com',
    auth: { flow: 'client_credentials', clientId: '${SF_CLIENT_ID}', clientSecret: '${SF_CLIENT_SECRET}' },
  })
  expect(text).not.toContain(LOAD['sfdc.password'])
})

test('a column with paths of files is the content of files', async () => {
  const versions = { ...LOAD, 'sfdc.entity': 'ContentVersion', 'process.mappingFile': 'conf/files.sdl' }
  const { file, stdout } = await imported(
    { files: { ...versions, 'dataAccess.name': 'data/files.csv' } },
    { 'conf/files.sdl': 'TITLE=Title\nPATH=versiondata\n', 'data/files.csv': 'Title,Path\nOffer,offer.pdf\n' },
  )
  expect(file.syncs.files).toMatchObject({
    object: 'ContentVersion',
    fields: { Title: 'Title', versiondata: { file: 'Path' } },
    identityFields: ['Title', 'Path'],
  })
  expect(stdout).toContain(
    'the column Path: has the paths of the files for versiondata: they are inside dataDirectories, and relative ones begin at the directory of the source',
  )
})

test('an upsert has its External ID, its blanks, its dates and its time zone', async () => {
  const upsert = {
    ...LOAD,
    'process.operation': 'upsert',
    'sfdc.externalIdField': 'email',
    'sfdc.insertNulls': 'true',
    'sfdc.timezone': 'Europe/Berlin',
    'process.useEuropeanDates': 'true',
    'dataAccess.readUTF8': 'true',
    'loader.csvTab': 'false',
  }
  const { file, stdout } = await imported({ contactUpsert: upsert })
  expect(file.syncs.contactUpsert).toMatchObject({
    operation: 'upsert',
    externalIdField: 'email',
    blank: 'clear',
    source: { uri: 'file:data/contacts.csv', delimiter: ',', encoding: 'utf-8' },
    formats: {
      dates: ['dd/MM/yyyy', 'dd/MM/yyyy HH:mm', 'dd/MM/yyyy HH:mm:ss', 'yyyyMMdd'],
      timeZone: 'Europe/Berlin',
    },
  })
  expect(stdout).not.toContain('sfdc.timezone')
})

test('names and constants with signs of YAML and of variables are read as they were', async () => {
  const mapping = String.raw`a\:\ b\ #c=LastName
$\{FOO}=Title
true=Phone
"null"=Email
"two\nlines\ $\{HOME}"=Description`
  const files = { 'conf/contacts.sdl': mapping, 'data/contacts.csv': 'a: b #c,${FOO},true\n1,2,3\n' }
  const { cwd } = await imported({ load: LOAD }, files)
  const { syncs } = await readConfiguration(join(cwd, 'sflink.yaml'), { environment: {}, credentials: 'optional' })
  expect(syncs.get('load')?.fields).toEqual({
    LastName: { column: 'a: b #c' },
    Title: { column: '${FOO}' },
    Phone: { column: 'true' },
    Email: { value: 'null' },
    Description: { value: 'two\nlines ${HOME}' },
  })
})

test('with the Bulk API a blank value clears no field, as in Data Loader', async () => {
  const settings = { 'sfdc.useBulkApi': 'true', 'sfdc.bulkApiSerialMode': 'true', 'sfdc.insertNulls': 'true' }
  const { file, stdout } = await imported({ load: { ...LOAD, ...settings } })
  expect(file.syncs.load).toMatchObject({ engine: 'bulk', concurrency: 1 })
  expect(file.syncs.load).not.toHaveProperty('blank')
  expect(stdout).toContain('sfdc.insertNulls: has no effect with the Bulk API')
  expect(stdout).toContain('#N/A: with the Bulk API, Data Loader clears a field whose value is #N/A')
  expect(stdout).not.toContain('sfdc.truncateFields')
})

test.each([
  ['50', { engine: 'collections', collections: { recordsPerRequest: 50 } }, 'each request has 50 records'],
  ['200', {}, 'sflink chooses the size of requests and jobs'],
  ['0', {}, 'sflink chooses the size of requests and jobs'],
])('a batch size of %s gives %o', async (batch, sizes, words) => {
  const { file, stdout } = await imported({ load: { ...LOAD, 'sfdc.loadBatchSize': batch } })
  const { engine, collections } = file.syncs.load as Record<string, unknown>
  expect({ engine, collections }).toEqual({ engine: undefined, collections: undefined, ...sizes })
  expect(stdout).toContain(`sfdc.loadBatchSize: ${words}`)
})

test('settings that are on without being written are listed, unless they are switched off', async () => {
  const keys = ['sfdc.truncateFields', 'sfdc.load.preserveWhitespaceInRichText']
  const { stdout } = await imported({ load: LOAD })
  for (const key of keys) expect(stdout).toContain(`${key}: is on unless set to false`)
  const off = Object.fromEntries(keys.map(key => [key, 'false']))
  const { stdout: without } = await imported({ load: { ...LOAD, ...off } })
  for (const key of keys) expect(without).not.toContain(key)
})

test.each([
  [{ 'process.operation': 'delete' }, { operation: 'delete', fields: { Id: 'sf_id' } }],
  [{ 'process.operation': 'hard_delete' }, { operation: 'delete', hardDelete: true, fields: { Id: 'sf_id' } }],
  [{ 'process.operation': 'update' }, { operation: 'update', fields: { Id: 'sf_id', Email: 'email' } }],
  [
    { 'process.operation': 'update', 'sfdc.updateWithExternalId': 'true', 'sfdc.externalIdField': 'Email' },
    { operation: 'update', keyField: 'Email', fields: { Email: 'email' } },
  ],
  [
    { 'process.operation': 'delete', 'sfdc.deleteWithExternalId': 'true', 'sfdc.externalIdField': 'Email' },
    { operation: 'delete', keyField: 'Email', fields: { Email: 'email' } },
  ],
])('%j becomes %j', async (settings, expected) => {
  const files = { 'conf/contacts.sdl': 'SF_ID=Id\nEMAIL=Email', 'data/contacts.csv': 'sf_id,email\n1,2\n' }
  const { file } = await imported({ load: { ...LOAD, ...settings } }, files)
  expect(file.syncs.load).toMatchObject(expected)
  expect(file.syncs.load.fields).toEqual(expected.fields)
})

test('config.properties has settings for all processes, and a process overrides them', async () => {
  const files = {
    'conf/config.properties': 'sfdc.timezone=Asia/Tokyo\nsfdc.insertNulls=true\nloader.hideWelcome=true\n',
  }
  const { file, stdout } = await imported({ load: { ...LOAD, 'sfdc.insertNulls': 'false' } }, files)
  expect(file.syncs.load.formats.timeZone).toBe('Asia/Tokyo')
  expect(file.syncs.load.blank).toBeUndefined()
  expect(stdout).toContain('loader.hideWelcome: is for the window of Data Loader')
})

test('processes of one org share a connection, and those of another user do not', async () => {
  const { file, text } = await imported({
    one: LOAD,
    two: LOAD,
    three: { ...LOAD, 'sfdc.username': 'other@acme.com' },
    four: {
      ...LOAD,
      'sfdc.endpoint': 'https://test.salesforce.com/services/Soap/u/60.0',
      'sfdc.proxyHost': 'proxy',
      'sfdc.proxyPort': '3128',
      'sfdc.proxyUsername': 'acme\\jo',
    },
  })
  const connections = Object.values<{ connection: string }>(file.syncs).map(({ connection }) => connection)
  expect(connections).toEqual(['production', 'production', 'production-2', 'sandbox'])
  expect(file.connections.sandbox).toMatchObject({
    loginUrl: 'https://${SF_SANDBOX_MY_DOMAIN}.sandbox.my.salesforce.com',
    proxy: 'http://acme%5Cjo:${SF_SANDBOX_PROXY_PASSWORD}@proxy:3128',
  })
  expect(text).toContain('Run As other@acme.com')
})

test('a file of Windows that is not here, and a data directory of its own', async () => {
  const { stdout, file } = await imported({ load: { ...LOAD, 'dataAccess.name': 'D:\\feeds\\people.csv' } })
  expect(file.syncs.load.source.uri).toBe('file:data/people.csv')
  expect(file.syncs.load.fields.LastName).toBe('LAST_NAME')
  expect(stdout).toMatch(/dataAccess.name: D:\\feeds\\people.csv is not on this machine; put it at data\/people.csv/)

  const elsewhere = await mkdtemp(join(folder, 'feeds-'))
  await writeFile(join(elsewhere, '50% {x}.csv'), 'Last_Name\nDoe\n')
  const other = await imported({ load: { ...LOAD, 'dataAccess.name': join(elsewhere, '50% {x}.csv') } })
  expect(other.file.dataDirectories).toEqual(['data', elsewhere])
  expect(other.file.syncs.load.source.uri).toBe(`file:${elsewhere}/50%25 %7Bx%7D.csv`)
  expect(other.file.syncs.load.fields).toEqual({ LastName: 'Last_Name' })
})

test('an extract is left out by name, and the rest is imported', async () => {
  const { file, stdout } = await imported({ load: LOAD, csvExtract: { ...LOAD, 'process.operation': 'extract' } })
  expect(Object.keys(file.syncs)).toEqual(['load'])
  expect(stdout).toContain('csvExtract is not imported: the operation extract reads records out of Salesforce')
})

test('a parent bean, its merged entries, and a bean that is no process', async () => {
  const conf = `<beans>
  <bean id="base" abstract="true" class="com.salesforce.dataloader.process.ProcessRunner">
    <property name="configOverrideMap"><map>
      <entry key="sfdc.entity"><value>Lead</value></entry>
      ${Object.entries(LOAD)
        .filter(([key]) => key !== 'sfdc.entity')
        .map(([key, value]) => `<entry><key><value>${key}</value></key><value>${value}</value></entry>`)
        .join('\n')}
    </map></property>
  </bean>
  <bean id="leads" parent="base"><property name="configOverrideMap"><map merge="true">
    <entry key="sfdc.insertNulls" value="true"/>
  </map></property></bean>
  <bean id="nightly" class="org.springframework.scheduling.quartz.CronTriggerBean"/>
</beans>`
  const cwd = await dataLoaderFolder(folder, { 'conf/process-conf.xml': conf })
  const { stdout, code } = await inProcess(['import', 'conf'], { cwd })
  expect(code).toBe(0)
  const { syncs } = parse(await readFile(join(cwd, 'sflink.yaml'), 'utf8'))
  expect(syncs).toMatchObject({ leads: { object: 'Lead', blank: 'clear' } })
  expect(stdout).toContain('nightly is not imported: its class org.springframework.scheduling.quartz.CronTriggerBean')
})

test('--dry-run writes nothing, and --json prints what would be written', async () => {
  const cwd = await dataLoaderFolder(folder, { 'conf/process-conf.xml': processConf({ load: LOAD }) })
  const dry = await inProcess(['import', 'conf', '--dry-run'], { cwd })
  expect(dry.stdout).toContain('Would be written to sflink.yaml:\n+ connections:')
  const json = await inProcess(['import', 'conf', '--dry-run', '--json', '--login-url', 'acme.my.salesforce.com'], {
    cwd,
  })
  expect(JSON.parse(json.stdout)).toMatchObject({
    written: false,
    connections: [{ name: 'production', loginUrl: 'https://acme.my.salesforce.com' }],
    syncs: [{ name: 'load', entry: { object: 'Contact' } }],
  })
  expect(existsSync(join(cwd, 'sflink.yaml'))).toBe(false)
})

test('--schedule takes the times of a crontab, in the time zone of the machine', async () => {
  const cwd = await dataLoaderFolder(folder, { 'conf/process-conf.xml': processConf({ load: LOAD }) })
  const wrong = await inProcess(['import', 'conf', '--schedule', '61 2 * * *'], { cwd })
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toMatch(/syncs.load.schedule.cron: /)
  expect(existsSync(join(cwd, 'sflink.yaml'))).toBe(false)
  const { stdout } = await inProcess(['import', 'conf', '--schedule', '30 2 * * 1-5 /opt/dataloader/process.sh load'], {
    cwd,
  })
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  expect(parse(await readFile(join(cwd, 'sflink.yaml'), 'utf8')).syncs.load.schedule).toEqual({
    cron: '30 2 * * 1-5',
    timeZone,
  })
  expect(stdout).toContain('sflink schedule plan, then: sflink schedule apply')
})

test('a configuration keeps what it has, and --connection uses a connection of it', async () => {
  const cwd = await dataLoaderFolder(folder, {
    'conf/process-conf.xml': processConf({ one: LOAD, two: LOAD }),
    'sflink.yaml': `# ours
connections:
  org: { loginUrl: https://acme.my.salesforce.com, auth: { flow: client_credentials, clientId: a, clientSecret: b } }
`,
  })
  const { code } = await inProcess(['import', 'conf', '--connection', 'org', '--only', 'two'], { cwd })
  expect(code).toBe(0)
  const text = await readFile(join(cwd, 'sflink.yaml'), 'utf8')
  expect(text).toMatch(/^# ours\n/)
  expect(parse(text).syncs.two.connection).toBe('org')
  expect(Object.keys(parse(text).connections)).toEqual(['org'])
  const again = await inProcess(['import', 'conf', '--connection', 'org'], { cwd })
  expect(again.stderr).toBe('sflink.yaml has a sync two already; remove it there, or name the others with --only\n')
  expect(await readFile(join(cwd, 'sflink.yaml'), 'utf8')).toBe(text)
})

test.each([
  [{ 'pilot.sfdc.duplicateRule.allowSave': 'true' }, 'allowSave'],
  [{ 'pilot.sfdc.duplicateRule.allowSave': 'true', 'sfdc.useBulkApi': 'true' }, undefined],
  [{ 'pilot.sfdc.duplicateRule.allowSave': 'false' }, undefined],
])('with %o duplicates are saved: %s', async (settings, duplicateRules) => {
  const { file } = await imported({ load: { ...LOAD, ...settings } })
  expect((file.syncs.load as Record<string, unknown>)['duplicateRules']).toBe(duplicateRules)
})

test.each([
  ['Lead', '01Q000000000001AAA', '01Q000000000001AAA'],
  ['Contact', '01Q000000000001AAA', undefined],
  ['Lead', 'Standard', undefined],
])('of %s the assignment rule %s becomes %s', async (entity, rule, assignmentRule) => {
  const { file, stdout } = await imported({ load: { ...LOAD, 'sfdc.entity': entity, 'sfdc.assignmentRule': rule } })
  expect((file.syncs.load as Record<string, unknown>)['assignmentRule']).toBe(assignmentRule)
  expect(stdout.includes('sfdc.assignmentRule: is left out')).toBe(assignmentRule === undefined)
})
