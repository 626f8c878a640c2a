// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { expect } from 'vitest'
import { NIGHTLY, PRODUCTION, test } from './configTest.ts'

test.for<readonly [string, string, string | RegExp]>([
  [
    'an unknown key at the top',
    `${PRODUCTION}sync: {}\n`,
    /^sflink\.yaml:5:1 unknown key "sync"; allowed: runStore, .*, syncs.*; did you mean "syncs"\?$/,
  ],
  [
    'a file without a connection, and with a sync that names one',
    `connections: {}\n${NIGHTLY}`,
    'sflink.yaml:1:14 connections: is empty; give at least one connection, see "A real org" in README.md',
  ],
  [
    'several unknown keys of one mapping',
    `runStores: x\nnotes: y\n${PRODUCTION}`,
    /^sflink\.yaml:1:1 unknown keys "runStores", "notes"; allowed: .*; did you mean "runStore"\?$/,
  ],
  [
    'a misspelled section that everything else refers to',
    `${PRODUCTION.replace('connections', 'conections')}${NIGHTLY}`,
    /^sflink\.yaml:1:1 unknown key "conections"; allowed: .*; did you mean "connections"\?$/,
  ],
  [
    'an unknown key of a sync',
    `${PRODUCTION}${NIGHTLY}    keyfield: Email\n`,
    /^sflink\.yaml:12:5 syncs\.nightly: unknown key "keyfield"; allowed: .*; did you mean "keyField"\?$/,
  ],
  [
    'a sync with an unknown connection',
    `${PRODUCTION}${NIGHTLY.replace('production', 'prodution')}`,
    `sflink.yaml:7:17 syncs.nightly.connection: "prodution" is not under connections; use one of production; did you mean "production"?`,
  ],
  [
    'a sync that callers may run and that does not exist',
    `allow: { syncs: [nightley] }\n${PRODUCTION}${NIGHTLY}`,
    'sflink.yaml:1:18 allow.syncs[0]: "nightley" is not under syncs; use names of nightly; did you mean "nightly"?',
  ],
  [
    'a key that no run may replace',
    `allow: { overrides: [connection] }\n${PRODUCTION}${NIGHTLY}`,
    /^sflink\.yaml:1:22 allow\.overrides\[0\]: expected one of operation, source, keyField, .*; given "connection"/,
  ],
  [
    'a retention that is too short',
    `retentionUnfinished: 12h\n${PRODUCTION}`,
    'sflink.yaml:1:22 retentionUnfinished: is not a valid retention; use days, at least 1d, like 90d; given "12h"',
  ],
  [
    'a run store without a scheme',
    `runStore: /var/runs\n${PRODUCTION}`,
    'sflink.yaml:1:11 runStore: is not a valid run store; use file: and a directory relative to this file, like file:runs, or s3://bucket/prefix; given "/var/runs"',
  ],
  [
    'a run store with credentials',
    `runStore: s3://id:hush@acme/runs\n${PRODUCTION}`,
    'sflink.yaml:1:11 runStore: "s3://…@acme/runs" is not a valid run store: it holds credentials; set them with AWS_ACCESS_KEY_ID or AWS_PROFILE; use file: and a directory relative to this file, like file:runs, or s3://bucket/prefix',
  ],
  [
    'a data directory with .. in its prefix',
    `dataDirectories: [data, s3://bucket/a/../b]\n${PRODUCTION}`,
    `sflink.yaml:1:25 dataDirectories[1]: is not a valid data directory: it holds "." or ".." as a name; write it like s3://bucket/prefix; given "s3://bucket/a/../b"`,
  ],
  [
    'a web server that is not encrypted',
    `dataDirectories: ["http://files.acme.com/"]\n${PRODUCTION}`,
    `sflink.yaml:1:19 dataDirectories[0]: is not a valid data directory: http: is not encrypted and is allowed for this machine only; write https:; write it like https://files.acme.com/exports/; given "http://files.acme.com/"`,
  ],
  [
    'a data directory with a scheme',
    `dataDirectories: ["file:data"]\n${PRODUCTION}`,
    `sflink.yaml:1:19 dataDirectories[0]: is not a valid data directory: write the path without file:, like data; given "file:data"`,
  ],
  [
    'a data directory of another kind',
    `dataDirectories: ["sftp://host/data"]\n${PRODUCTION}`,
    /: is not a valid data directory: the scheme sftp: is not supported; write a directory, s3:\/\/bucket\/prefix or https:\/\/host\/path\/; given "sftp:\/\/host\/data"$/,
  ],
  [
    'no connections',
    'runStore: file:runs\n',
    'sflink.yaml:1:1 connections: is missing: expected a mapping such as { production: { loginUrl: …, auth: … } }',
  ],
  [
    'data directories that are not a list',
    `dataDirectories: data\n${PRODUCTION}`,
    'sflink.yaml:1:18 dataDirectories: expected a list such as [data]; given "data"',
  ],
  [
    'a wait for lost answers that ends before a request does',
    `${PRODUCTION}    requestTimeout: 20m\n${NIGHTLY}`,
    'sflink.yaml:7:3 syncs.nightly.resend.lostAnswerWait: lostAnswerWait 10m is shorter than 20m, the requestTimeout of the connection production: records of a request that is still in progress could be written twice. Set resend.lostAnswerWait to 20m or longer, or the requestTimeout to 10m or shorter',
  ],
  [
    'a wait for lost answers that is shorter than the default of a request',
    `${PRODUCTION}${NIGHTLY}    resend: { lostAnswerWait: 30s }\n`,
    /^sflink\.yaml:12:31 syncs\.nightly\.resend\.lostAnswerWait: lostAnswerWait 30s is shorter than 10m, /,
  ],
])('%s is reported in one line', async ([, text, expected], { problems }) => {
  const found = await problems(text)
  expect(found).toHaveLength(1)
  if (typeof expected === 'string') expect(found[0]).toBe(expected)
  else expect(found[0]).toMatch(expected)
})

test('all problems are reported at once, in the order of the file', async ({ problems }) => {
  const connections = PRODUCTION.replace('SF_CLIENT_ID', 'NOT_SET').replace('https:', 'ftp:')
  const found = await problems(`runStores: x\n${connections}${NIGHTLY.replace('create', 'creat')}`)
  expect(found.map(line => line.split(' ')[0])).toEqual([
    'sflink.yaml:1:1',
    'sflink.yaml:4:15',
    'sflink.yaml:5:49',
    'sflink.yaml:10:16',
  ])
})

test('a wait for lost answers may be left out, as long as a request, or off', async ({ read }) => {
  const [wait, off] = ['20m', '0s'].map(time => `${NIGHTLY}    resend: { lostAnswerWait: ${time} }\n`)
  for (const text of [NIGHTLY, wait, off]) expect((await read(`${PRODUCTION}${text}`)).syncs.size).toBe(1)
})
