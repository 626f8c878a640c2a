// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// What people write by mistake: each is one line, which says what to write instead.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { NIGHTLY, PRODUCTION, test } from './configTest.ts'

const OK = PRODUCTION + NIGHTLY
const sync = (line: string) => `${OK}    ${line}\n`

test.for<readonly [string, string, string]>([
  ['a tab', OK.replace('    loginUrl', '\tloginUrl'), '3:1 is not valid YAML: the line is indented with a tab; indent'],
  ['too few spaces', OK.replace('    object', '   object'), '8:1 is not valid YAML: the line is indented differently'],
  ['too many spaces', OK.replace('    object', '     object'), '8:6 is not valid YAML: the line is indented deeper'],
  [
    'a space of a web page',
    OK.replace('    object', '\u00A0   object'),
    '8:1 is not valid YAML: the line is indented with U+00A0',
  ],
  [
    'no space after a colon',
    OK.replace('object: ', 'object:'),
    '8:5 is not valid YAML: the line has no colon followed by',
  ],
  ['a colon in a text', OK.replace('object: Contact', 'object: a: b'), '8:13 is not valid YAML: the value has a colon'],
  ['an open brace', OK.replace('last_name }', 'last_name'), 'is not valid YAML: a { or [ before this is not closed'],
  ['an open quote', OK.replace('contacts.csv"', 'contacts.csv'), '10:20 is not valid YAML: the quote " is not closed'],
  [
    'braces without quotes',
    OK.replace('"file:data/contacts.csv"', 'file:{date}.csv'),
    'put the value in quotes, also when',
  ],
  ['a backslash in double quotes', OK.replace('file:data/', 'data\\'), 'use single quotes, or / in a path'],
  [
    'typographic quotes',
    OK.replace('"file:data/contacts.csv"', '“file:x.csv”'),
    '10:20 starts with a typographic quote',
  ],
  ['two documents', `${OK}---\n`, '12:1 is not valid YAML: --- starts a second document; remove the line'],
  [
    'a path without a scheme',
    OK.replace('file:data/', 'C:/data/'),
    "syncs.nightly.source.uri: The source C:/data/contacts.csv can't be opened: it has no scheme. Write it like file:",
  ],
  [
    'names that are not indented',
    OK.replace('  production:', 'production:'),
    '2:1 "production" stands beside connections',
  ],
  [
    'a section without content',
    `connections:\n${NIGHTLY}`,
    '1:13 connections: is empty: expected a mapping such as { prod',
  ],
  ['a misspelled schedule', sync('schedle: { cron: "0 2 * * *" }'), 'unknown key "schedle"; allowed: connection, '],
  ['a cron alone', sync('schedule: "30 2 * * *"'), 'schedule: expected a mapping such as { cron: "0 2 * * *" }'],
  [
    'a jitter without unit',
    sync('schedule: { cron: "0 2 * * *", jitter: 5 }'),
    'jitter: expected a duration with its unit',
  ],
  [
    'a wait without unit',
    OK.replace('.csv"', '.csv", waitFor: 7200'),
    'waitFor: expected a duration with its unit, such',
  ],
  [
    'a delay without unit',
    sync('resend: { delay: 10 }'),
    'resend.delay: expected a duration with its unit, such as 30s',
  ],
  [
    'a timeout without unit',
    OK.replace('    auth', '    stallTimeout: 30\n    auth'),
    'stallTimeout: expected a duration',
  ],
  [
    'a timeout out of bounds',
    OK.replace('    auth', '    stallTimeout: 30ms\n    auth'),
    'with its unit from 1s to 1h, such as 2m',
  ],
  [
    'a retention without unit',
    `retention: 90\n${OK}`,
    'retention: is not a valid retention; use days, at least 1d, like 90d',
  ],
  ['a webhook alone', `notifications: { webhook: "https://x" }\n${OK}`, 'webhook: expected a mapping such as { url: '],
  [
    'a date pattern alone',
    sync('formats: { dates: dd.MM.yyyy }'),
    'dates: expected a list such as [dd.MM.yyyy]; given',
  ],
  [
    'an identity field alone',
    sync('identityFields: email'),
    'identityFields: expected a list such as [email]; given "email"',
  ],
  [
    'a list of fields',
    OK.replace('{ LastName: last_name }', '[LastName]'),
    'fields: expected a mapping such as { LastName:',
  ],
  [
    'a source alone',
    OK.replace('{ uri: "file:data/contacts.csv" }', 'file:x.csv'),
    'source: expected {uri: file:data/',
  ],
  [
    'another key for the uri',
    OK.replace('uri:', 'file:'),
    'source: expected {uri: file:data/contacts.csv} or {inline: [records]}; given a mapping',
  ],
  [
    'another key for a value',
    OK.replace('last_name }', '{ constant: x } }'),
    '{sync: NAME, by: COLUMN, from: COLUMN}, {file: COLUMN} or {base64: COLUMN}; given a mapping',
  ],
  [
    'a misspelled value',
    OK.replace('last_name }', '{ vlaue: x } }'),
    'fields.LastName: unknown key "vlaue"; allowed: value; did you mean "value"?',
  ],
  ['an object without a name', OK.replace('object: Contact', 'object:'), 'object: is empty: expected text'],
  ['a blank key', sync('blank:'), 'blank: is empty: expected one of ignore, clear'],
  [
    'another sign for decimals',
    sync('formats: { decimalSeparator: ";" }'),
    'decimalSeparator: expected one of ., ,; given ";"',
  ],
  [
    'a tab in single quotes',
    OK.replace('.csv"', ".csv\", delimiter: '\\t'"),
    'one character in double quotes, such as ";" or',
  ],
  ['days and years in capitals', sync('formats: { dates: [DD.MM.YYYY] }'), 'did you mean "dd.MM.yyyy"?'],
  ['an empty cron', sync('schedule: { cron: "" }'), 'schedule.cron: is empty; write five fields'],
  ['a word for a cron', sync('schedule: { cron: daily }'), '"daily" has 1 field; write five fields'],
  [
    'an hour that no day has',
    sync('schedule: { calendar: { hour: 25 } }'),
    'schedule.calendar: 25 is not a valid hour; write it like {hour: 2, dayOfWeek: MON-FRI}',
  ],
  [
    'a misspelled section with variables that are not set',
    OK.replace('connections:', 'conections:').replaceAll('SF_CLIENT', 'NO_CLIENT'),
    'unknown key "conections"; allowed: ',
  ],
  ['yes for true', sync('undo: yes'), 'undo: expected true or false; given "yes"'],
  ['an earlier key', sync('assignmentRules: true'), 'did you mean "assignmentRule"'],
  ['true in quotes', sync('undo: "true"'), 'expected true or false; given "true"; leave out the quotes'],
  ['a number in quotes', sync('maxRejected: "10"'), 'maxRejected: expected a number; given "10"; leave out the quotes'],
  [
    'a number for a name',
    OK.replace('clientId: ${SF_CLIENT_ID}', 'clientId: 5'),
    'clientId: expected text; put it in quotes',
  ],
  ['a nearly right flow', OK.replace('client_credentials', 'clientCredentials'), 'did you mean "client_credentials"?'],
  ['a nearly right value', sync('blank: ignor'), 'given "ignor"; did you mean "ignore"?'],
  [
    'a variable as in a shell',
    OK.replace('${SF_CLIENT_ID}', '$SF_CLIENT_ID'),
    'clientId: write ${SF_CLIENT_ID} for the value',
  ],
  [
    'a variable as in Windows',
    OK.replace('${SF_CLIENT_ID}', '"%SF_CLIENT_ID%"'),
    'write ${SF_CLIENT_ID} for the value of this',
  ],
])('%s is reported in one line', async ([, text, words], { problems }) => {
  const found = await problems(text)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(words)
})

test('a key that is missing beside unknown ones is part of their line', async ({ problems }) => {
  const text = OK.replace('clientId:', 'id:').replace('clientSecret:', 'secret:')
  expect(await problems(text)).toEqual([
    'sflink.yaml:4:39 connections.production.auth: unknown keys "id", "secret"; allowed: flow, clientId, clientSecret; missing: clientId, clientSecret',
  ])
})

test.for<readonly [string, (text: string) => string]>([
  ['a byte order mark', text => `\uFEFF${text}`],
  ['lines of Windows', text => text.replaceAll('\n', '\r\n')],
  ['lines of an old Mac', text => text.replaceAll('\n', '\r')],
])('a file with %s is read', async ([, changed], { read }) => {
  expect([...(await read(changed(OK))).syncs.keys()]).toEqual(['nightly'])
})

test.for<readonly [string, string]>([
  ['the connection of a sync', OK.replace('connection: production', 'connection: ${SF_CLIENT_SECRET}')],
  ['an operation', OK.replace('create', '${SF_CLIENT_SECRET}')],
  ['a time zone', sync('formats: { timeZone: "${SF_CLIENT_SECRET}" }')],
  ['a cron', sync('schedule: { cron: "${SF_CLIENT_SECRET}" }')],
  ['a key field', sync('keyField: ${SF_CLIENT_SECRET}')],
  ['a bucket', `runStore: "s3://\${SF_CLIENT_SECRET}_/x"\n${OK}`],
  ['a flow', OK.replace('client_credentials', 'hush-hush')],
  ['an alias', OK.replace('${SF_CLIENT_SECRET}', '*hush-hush')],
  ['a tag', OK.replace('${SF_CLIENT_SECRET}', '!hush-hush')],
  ['a key without a value', OK.replace('clientSecret: ${SF_CLIENT_SECRET}', 'clientSecret:hush-hush')],
  ['a proxy without slashes', OK.replace('    auth', '    proxy: "https:me:hush-hush@host"\n    auth')],
  ['a proxy without a scheme', OK.replace('    auth', '    proxy: "me:hush-hush@host"\n    auth')],
])('a secret in the place of %s is not shown', async ([, text], { problems }) => {
  const found = await problems(text)
  expect(found.length).toBeGreaterThan(0)
  expect(found.join('\n')).not.toContain('hush-hush')
})

test('.env beside the file gives values of variables that the process does not have', async ({ folder, read }) => {
  const env = '\uFEFF# of the sandbox\r\nexport NOT_SET="two words"\r\nSF_CLIENT_ID=other\r\nKEY_TEXT=\'a#b\nc\'\r\n'
  await writeFile(join(folder, '.env'), env)
  const { connections } = await read(OK.replace('${SF_CLIENT_SECRET}', '"${NOT_SET}"'))
  const auth = connections.get('production')?.auth
  if (auth?.flow !== 'client_credentials') throw new Error('another flow')
  expect([auth.clientId, auth.clientSecret.reveal()]).toEqual(['client-1', 'two words'])
})

test.for<readonly [string, string, string]>([
  ['a line without =', 'A=1\nhush-hush\n', '.env:2:1 is not a variable; write it as NAME=value'],
  [
    'a comment that may be part of a value',
    'A=hush-hush#x\n',
    '.env:1:1 the value has a # in it; put the value in quotes',
  ],
  ['an open quote', 'A="hush-hush\n', '.env:1:1 the quote is not closed'],
])('.env with %s is reported without the value', async ([, env, line], { folder, problems }) => {
  await writeFile(join(folder, '.env'), env)
  expect(await problems(OK)).toEqual([line])
})
