import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { inProcess } from '../../rig/inProcess.ts'
import { LOAD, processConf } from '../../rig/processConf.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

const databaseConf = (url: string, sql: string, more = ''): string => `<beans>
<bean id="crm db" class="org.apache.commons.dbcp2.BasicDataSource">
  <property name="driverClassName" value="org.postgresql.Driver"/>
  <property name="url" value="${url}"/>
  <property name="username" value="reader"/>
  <property name="password" value="a-secret"/>
</bean>
<bean id="changed" class="com.salesforce.dataloader.dao.database.DatabaseConfig">
  <property name="sqlConfig" ref="changedSql"/>
  <property name="dataSource"><ref bean="crm db"/></property>
</bean>
<bean id="changedSql" class="com.salesforce.dataloader.dao.database.SqlConfig">
  <property name="sqlString"><value>${sql}</value></property>
  <property name="columnNames"><list><value>LAST_NAME</value><value>Email</value></list></property>
  ${more}
</bean>
</beans>`

const PROCESS = { ...LOAD, 'dataAccess.type': 'databaseRead', 'dataAccess.name': 'changed' }

async function run(conf: string | undefined, settings: Readonly<Record<string, string>> = {}) {
  const cwd = await mkdtemp(join(folder, 'case-'))
  await writeFile(join(cwd, 'process-conf.xml'), processConf({ load: { ...PROCESS, ...settings } }))
  await writeFile(join(cwd, 'contacts.sdl'), 'LAST_NAME=LastName\nEMAIL=Email\n')
  if (conf !== undefined) await writeFile(join(cwd, 'database-conf.xml'), conf)
  return { cwd, ...(await inProcess(['import', '.'], { cwd })) }
}

const POSTGRES = 'jdbc:postgresql://db.acme.com:5432/crm'

test('a query of PostgreSQL becomes a source in a database', async () => {
  const sql = `SELECT last_name, email AS "Email"
     FROM contacts WHERE note = 'a  b' AND changed &gt; @process.lastRunDate@`
  const { cwd, stdout, code } = await run(databaseConf(`${POSTGRES}?ssl=true`, sql))
  expect(code).toBe(0)
  const text = await readFile(join(cwd, 'sflink.yaml'), 'utf8')
  const file = parse(text)
  expect(file.syncs.load).toMatchObject({
    source: {
      uri: 'database:crm-db',
      query: `SELECT last_name, email AS "Email"\n     FROM contacts WHERE note = 'a  b' AND changed > '{date-1}'`,
    },
    fields: { LastName: 'last_name', Email: 'Email' },
  })
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration
  expect(file.databases).toEqual({ 'crm-db': { url: 'postgresql://reader:${CRM_DB_PASSWORD}@db.acme.com:5432/crm' } })
  expect(stdout).toContain("process.lastRunDate: was the time of the last run, and is now '{date-1}'")
  expect(stdout).toContain('databases.crm-db: ssl of its address are not carried over')
  expect(stdout).toContain('write SF_CLIENT_ID, SF_CLIENT_SECRET, CRM_DB_PASSWORD into .env')
  expect(text + stdout).not.toContain('a-secret')
})

test.each([
  [
    'a database of Oracle',
    databaseConf('jdbc:oracle:thin:@db:1521:crm', 'SELECT 1'),
    'Nothing of . can be imported: load: it reads jdbc:oracle, and sflink reads PostgreSQL and files; write the rows of its query into a CSV file',
  ],
  [
    'a parameter of a query',
    databaseConf(POSTGRES, 'SELECT * FROM c WHERE region = @my.region@'),
    'Nothing of . can be imported: load: its query changedSql has the parameters my.region; write their values into the query',
  ],
  [
    'braces in a query',
    databaseConf(POSTGRES, `SELECT '{"a": 1}' AS last_name`),
    'Nothing of . can be imported: load: its query changedSql has braces, which stand for placeholders here; write the source by hand',
  ],
  [
    'an address without a host',
    databaseConf('jdbc:postgresql:crm', 'SELECT 1'),
    'Nothing of . can be imported: load: its database has no host or no name in its url; write it as jdbc:postgresql://host:5432/database',
  ],
  [
    'no database-conf.xml',
    undefined,
    'process-conf.xml:3: the process load reads a database, and database-conf.xml does not exist; copy it there',
  ],
])('%s is one line', async (_, conf, message) => {
  const { code, stdout, stderr } = await run(conf)
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${message}\n` })
})

test('a query that database-conf.xml does not have is one line', async () => {
  const { stderr } = await run(databaseConf(POSTGRES, 'SELECT 1'), { 'dataAccess.name': 'other' })
  expect(stderr).toBe('database-conf.xml has no query other, which the process load reads; add it\n')
})
