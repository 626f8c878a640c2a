import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inProcess } from '../../rig/inProcess.ts'
import { dataLoaderFolder, LOAD, processConf } from '../../rig/processConf.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

async function rejected(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
  const cwd = await dataLoaderFolder(folder, files)
  const { code, stdout, stderr } = await inProcess(['import', 'conf/process-conf.xml', ...args], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(existsSync(join(cwd, 'sflink.yaml'))).toBe(false)
  return stderr.trimEnd()
}

const conf = (settings: Readonly<Record<string, string>>) => ({
  'conf/process-conf.xml': processConf({ load: { ...LOAD, ...settings } }),
})

test.each([
  [
    'an unknown operation',
    conf({ 'process.operation': 'upsrt' }),
    'conf/process-conf.xml:3: the process load has the unknown process.operation "upsrt"; allowed: insert, update, upsert, delete, hard_delete, extract, extract_all, undelete; did you mean "upsert"?. Correct it, or name the processes to import with --only',
  ],
  [
    'XML that ends too early',
    { 'conf/process-conf.xml': '<beans><bean id="x">' },
    'conf/process-conf.xml:1:20: unclosed tag: bean; correct the XML, or save the file again',
  ],
  [
    'an entity',
    { 'conf/process-conf.xml': '<!DOCTYPE beans [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<beans>&x;</beans>' },
    'conf/process-conf.xml:2:10: undefined entity; correct the XML, or save the file again',
  ],
  [
    'another XML file',
    { 'conf/process-conf.xml': '<project/>' },
    'conf/process-conf.xml has no <beans>, but <project>; give the process-conf.xml of Data Loader',
  ],
  [
    'a file that is neither',
    { 'conf/process-conf.xml': 'a,b\n1,2\n' },
    'conf/process-conf.xml is neither XML nor JSON; give the process-conf.xml of Data Loader or the export.json of SFDMU',
  ],
  [
    'an .sdl line that is no property',
    { ...conf({}), 'conf/contacts.sdl': 'A=Email\nLASTNAME\n' },
    'conf/contacts.sdl:2 is not a mapping: "LASTNAME"; write it as COLUMN=Field',
  ],
  [
    'two columns on one field',
    { ...conf({}), 'conf/contacts.sdl': 'last_name=LastName\nemail=LastName\n' },
    'conf/contacts.sdl: the lines 1 and 2 map LastName twice, and Data Loader loads any of the two; remove one of them',
  ],
  [
    'no dataAccess.name',
    conf({ 'dataAccess.name': '' }),
    'Nothing of conf/process-conf.xml can be imported: load: it has no dataAccess.name; add the path of its CSV file',
  ],
  [
    'no process.mappingFile',
    conf({ 'process.mappingFile': '' }),
    'conf/process-conf.xml:3: the process load has no process.mappingFile, so that nothing is loaded; add it',
  ],
  [
    'an upsert without its External ID',
    conf({ 'process.operation': 'upsert' }),
    'Nothing of conf/process-conf.xml can be imported: load: its sync would not be valid: externalIdField: is missing: upsert needs an External ID field',
  ],
  [
    'an extract alone',
    conf({ 'process.operation': 'extract_all' }),
    'Nothing of conf/process-conf.xml can be imported: load: the operation extract_all reads records out of Salesforce, and sflink writes them into it; use sf data export bulk with --all-rows',
  ],
])('%s is one line, and nothing is written', async (_, files, message) => {
  expect(await rejected(files)).toBe(message)
})

test('a missing mapping, an unknown process and a missing file are one line', async () => {
  expect(await rejected(conf({ 'process.mappingFile': 'C:\\x\\none.sdl' }))).toMatch(
    /^conf\/process-conf.xml:3: the process load names process.mappingFile C:\\x\\none.sdl, which is neither there nor, as none.sdl, in .*conf; copy it there$/,
  )
  expect(await rejected(conf({}), '--only', 'lod')).toBe(
    '--only lod: conf/process-conf.xml has load; did you mean "load"?',
  )
  const { stderr } = await inProcess(['import', 'none.xml'], { cwd: folder })
  expect(stderr).toBe('none.xml does not exist; give the process-conf.xml of Data Loader or the export.json of SFDMU\n')
})

test('a wrong option, a directory without a file and a file that is too large are one line', async () => {
  expect(await rejected(conf({}), '--connection', 'org')).toBe('--connection org: sflink.yaml has no connection')
  expect(await rejected(conf({}), '--login-url', 'https://www.salesforce.com')).toBe(
    "--login-url https://www.salesforce.com is a host of pages, not of an org's API; give the My Domain (Setup > My Domain), like https://acme.my.salesforce.com",
  )
  expect(await rejected({ 'conf/process-conf.xml': ' '.repeat(1_100_000) })).toBe(
    'conf/process-conf.xml is larger than 1 MB; give the process-conf.xml of Data Loader or the export.json of SFDMU',
  )
  const cwd = await dataLoaderFolder(folder, {})
  const { stderr } = await inProcess(['import', 'data'], { cwd })
  expect(stderr).toBe(
    'data has no process-conf.xml and no export.json; give the process-conf.xml of Data Loader or the export.json of SFDMU\n',
  )
  const mapping = await inProcess(['import', 'conf/contacts.sdl'], { cwd })
  expect(mapping.stderr).toBe(
    'conf/contacts.sdl is a mapping, which does not say what is loaded; give the process-conf.xml that names it\n',
  )
})
