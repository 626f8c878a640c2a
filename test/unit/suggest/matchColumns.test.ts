import { afterAll, beforeAll, expect, test } from 'vitest'
import { proxyChoice } from '../../../config/connectionSettings.ts'
import { Secret } from '../../../loader/http/secret.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import type { ObjectDescribe } from '../../../loader/salesforce/describe.ts'
import { factsOf } from '../../../loader/suggest/columnFacts.ts'
import { type ColumnMatch, matchColumns } from '../../../loader/suggest/matchColumns.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { field } from '../../rig/describes.ts'
import type { Header } from './headers.ts'
import { JUDGED_HEADERS } from './judgedHeaders.ts'
import { MISLEADING_HEADERS } from './misleadingHeaders.ts'
import { TUNING_HEADERS } from './tuningHeaders.ts'

let emulator: Emulator
const objects = new Map<string, ObjectDescribe>()

/** Fields of every org that the emulated one does not have. */
const MORE = [
  field('HasOptedOutOfEmail', {
    label: 'Email Opt Out',
    type: 'boolean',
    length: 0,
    nillable: false,
    defaultedOnCreate: true,
  }),
  field('DoNotCall', { label: 'Do Not Call', type: 'boolean', length: 0, nillable: false, defaultedOnCreate: true }),
]

beforeAll(async () => {
  emulator = await startEmulator()
  const { url, credentials } = emulator
  const connection = createSalesforceConnection({
    name: 'org',
    instanceUrl: url,
    apiVersion: 'latest',
    auth: { flow: 'access_token', accessToken: new Secret(credentials.accessToken) },
    proxyFor: proxyChoice(undefined),
  })
  for (const name of ['Contact', 'Lead', 'Account', 'User']) {
    const described = await connection.describe(name)
    const isPerson = name === 'Contact' || name === 'Lead'
    objects.set(name, { ...described, fields: [...described.fields, ...(isPerson ? MORE : [])] })
  }
})

afterAll(() => emulator.close())

function matchesOf({ object, labels = {}, columns }: Header): readonly ColumnMatch[] {
  const described = objects.get(object)
  if (described === undefined) throw new Error(`${object} is not described`)
  const fields = described.fields.map(one => ({ ...one, label: labels[one.name] ?? one.label }))
  const facts = columns.map(([name, , values]) => factsOf({ name, values }))
  return matchColumns(facts, { ...described, fields }, objects)
}

type Verdict = 'taken' | 'proposed' | 'left' | 'WRONG' | 'missed'

function verdictOf(key: string, { match, proposals }: ColumnMatch): Verdict {
  if (match !== undefined) return match.key === key ? 'taken' : 'WRONG'
  if (key === '') return 'left'
  return proposals[0]?.key === key ? 'proposed' : 'missed'
}

type Judged = { readonly where: string; readonly verdict: Verdict; readonly found: string }

function judged(headers: readonly Header[]): readonly Judged[] {
  return headers.flatMap(header => {
    const matches = matchesOf(header)
    return header.columns.map(([name, key], index) => {
      const match = matches[index] as ColumnMatch
      const found = [
        match.match?.key,
        ...match.proposals.map(one => `${one.key}? ${one.certainty} ${one.note ?? ''}`),
        match.note,
      ]
        .filter(Boolean)
        .join(' | ')
      return { where: `${header.title}: ${name} -> ${key}`, verdict: verdictOf(key, match), found }
    })
  })
}

function figures(title: string, columns: readonly Judged[]) {
  const count = (verdict: Verdict) => columns.filter(one => one.verdict === verdict).length
  const right = count('taken') + count('proposed') + count('left')
  const share = (100 * right) / columns.length
  console.log(
    `${title}: ${columns.length} columns, ${share.toFixed(1)} % right (${count('taken')} taken, ${count('proposed')} proposed first, ${count('left')} rightly left out), ${count('missed')} missed, ${count('WRONG')} wrong and active`,
  )
  if (process.env['SFLINK_LOG'] === 'debug') {
    for (const { where, verdict, found } of columns)
      if (verdict !== 'taken') console.log(verdict, '|', where, '|', found)
  }
  return { share, wrong: columns.filter(({ verdict }) => verdict === 'WRONG') }
}

test('matches at least 95 % of the columns of headers by which it was tuned, and takes none for another field', () => {
  const { share, wrong } = figures('tuning headers', judged(TUNING_HEADERS))
  expect(wrong).toEqual([])
  expect(share).toBeGreaterThanOrEqual(95)
})

test('matches at least 95 % of the columns of other headers, and takes none for another field', () => {
  const { share, wrong } = figures('other headers', judged(JUDGED_HEADERS))
  expect(wrong).toEqual([])
  expect(share).toBeGreaterThanOrEqual(95)
})

test('takes no field for columns whose names or values lead to a wrong one', () => {
  expect(figures('misleading headers', judged(MISLEADING_HEADERS)).wrong).toEqual([])
})
