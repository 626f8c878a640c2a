import { expect, test } from 'vitest'
import { flowInput } from '../../../cli/flows/flowSpecs.ts'
import type { Configuration } from '../../../config/configuration.ts'
import { specOf } from '../../rig/describes.ts'

const configuration = {
  file: 'sflink.yaml',
  syncs: new Map([
    ['accounts', specOf({ fields: { LastName: 'last' }, source: { uri: 'file:data/{region}/accounts-{date}.csv' } })],
    ['contacts', specOf({ fields: { LastName: 'last' }, source: { uri: 'file:data/{region}/contacts.csv' } })],
    ['tasks', specOf({ fields: { LastName: 'last' }, maxRejected: 5 })],
  ]),
  flows: new Map([['campaign', { syncs: ['accounts', 'contacts', 'tasks'] }]]),
  schedules: new Map([['campaign', { timeZone: 'Europe/Berlin' }]]),
} as unknown as Configuration

const input = (set: readonly string[], scheduledTime?: string) =>
  flowInput(configuration, 'campaign', { set, ...(scheduledTime === undefined ? {} : { scheduledTime }) })

test('a placeholder is filled in each source that has it, and the worker fills those of the time', () => {
  const { specs, ...others } = input(['region=emea'], '2026-11-25T02:00')
  expect(others).toEqual({
    ...{ flow: 'campaign', scheduledTime: '2026-11-25T01:00:00.000Z', timeZone: 'Europe/Berlin' },
  })
  expect(specs).toMatchObject({
    accounts: { source: { uri: 'file:data/emea/accounts-{date}.csv' } },
    contacts: { source: { uri: 'file:data/emea/contacts.csv' } },
  })
  expect(Object.keys(specs ?? {})).toEqual(['accounts', 'contacts'])
})

test('a key of one sync is replaced, or removed', () => {
  const set = ['region=emea', 'date=2026-11-25', 'contacts.maxRejected=10', 'tasks.maxRejected=7']
  expect(input(set).specs).toMatchObject({ contacts: { maxRejected: 10 }, tasks: { maxRejected: 7 } })
  expect(input(set).specs?.['tasks']).toEqual({ maxRejected: 7 })
})

test.each<[message: string, set: readonly string[], time?: string]>([
  ['The source of the sync accounts leaves {region} open. Give it: --set region=…', [], '2026-11-25'],
  ['leaves {date} open. Give it: --set date=…, or a time: --scheduled-time …', ['region=emea']],
  ['--scheduled-time fills nothing: no source of the flow campaign has {date}', ['region=e', 'date=d'], '2026-11-25'],
  ['--scheduled-time: ', ['region=e'], 'soon'],
  ['no source of the flow campaign has {areas}; to replace a key of one sync write it as SYNC.KEY=value', ['areas=e']],
  ['The sync tasks with these options: maxRejected: expected', ['region=e', 'date=d', 'tasks.maxRejected=many']],
])('%s', (message, set, time) => {
  expect(() => input(set, time)).toThrow(message)
})

test('an unknown flow is named with the known ones', () => {
  expect(() => flowInput(configuration, 'campain', { set: [] })).toThrow(
    `There is no flow 'campain' in sflink.yaml: its flows are campaign; did you mean "campaign"?`,
  )
})
