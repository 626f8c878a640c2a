import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { claimsOf, type Evidence, type Result } from '../../../dev/cluster/proof.ts'
import { clusterSource, mistakesIn } from '../../../dev/cluster/source.ts'
import { contactBlocks } from '../../../dev/contacts.ts'

const result = (number: number, status = 'true'): Result => ({
  status,
  customer_id: `C-${number}`,
  email: `${number}@example.com`,
  id: status === 'true' ? `003-${number}` : '',
})

const right: Evidence = {
  source: ['C-1', 'C-2', 'C-3'],
  results: [result(1), result(2, 'error'), result(3)],
  created: new Map([
    ['003-1', '1@example.com'],
    ['003-3', '3@example.com'],
  ]),
  mistakes: 1,
}

const broken = (evidence: Partial<Evidence>) =>
  claimsOf({ ...right, ...evidence })
    .filter(({ found, expected }) => found !== expected)
    .map(({ what }) => what)

test('a load that created each record once passes', () => {
  expect(broken({})).toEqual([])
})

test('a duplicate in the org is found', () => {
  const created = new Map([...right.created, ['003-4', '3@example.com']])
  expect(broken({ created })).toEqual(['contacts created in the org', 'of them duplicates'])
})

test('a lost record is found, with its result and without', () => {
  const created = new Map([['003-1', '1@example.com']])
  expect(broken({ created })).toEqual([
    'contacts created in the org',
    'true, but not in the org (lost)',
    "with another record's Id",
  ])
  expect(broken({ results: [result(1), result(3)] })).toEqual([
    'lines in results.csv',
    'of them in source order',
    'of them error',
  ])
})

test("another record's Id, and a rejected record that exists in the org, are found", () => {
  const swapped = [{ ...result(1), id: '003-3' }, result(2, 'error'), result(3)]
  expect(broken({ results: swapped })).toEqual(["with another record's Id"])
  const results = [result(1), result(2), result(3, 'error')]
  expect(broken({ results })).toContain('error, but in the org')
})

test.each([12, 20_000])('a source of %d records has as many mistakes as mistakesIn returns', records => {
  const { data, errors } = Papa.parse<Record<string, string>>([...contactBlocks(clusterSource(records))].join(''), {
    header: true,
    skipEmptyLines: true,
  })
  expect(errors).toEqual([])
  expect(new Set(data.map(row => row['email'])).size).toBe(records)
  const wrong = data.filter(row => row['last_name'] === '' || row['segment'] === 'Enterprize')
  expect(wrong).toHaveLength(mistakesIn(records))
})
