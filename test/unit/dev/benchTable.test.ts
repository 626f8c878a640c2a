import { describe, expect, test } from 'vitest'
import { markdownTable } from '../../../dev/bench/table.ts'

const base = { wall: 10, cpu: 5, peak: 1000, apiCalls: 20, results: 100 }

describe('the table of the bench', () => {
  test('shows each figure with its ratio to the base', () => {
    const cost = { wall: 8, cpu: 3, peak: 300, apiCalls: 50, results: 100, events: 61 }
    const [, , line] = markdownTable([{ records: 100, operation: 'create', client: 'A', cost, base }]).split('\n')
    expect(cells(line)).toEqual(['100', 'create', 'A', '8.00 (0.80)', '3.00 (0.60)', '300 (0.30)', '50 (2.50)', '61'])
  })

  test('shows plain figures when the base failed, and which load failed', () => {
    const lines = markdownTable([
      { records: 1_000, operation: 'create', client: 'A', cost: base },
      { records: 1_000, operation: 'create', client: 'jsforce' },
    ]).split('\n')
    expect(cells(lines[2])).toEqual(['1,000', 'create', 'A', '10.00', '5.00', '1000', '20', ''])
    expect(cells(lines[3])).toEqual(['1,000', 'create', 'jsforce', 'failed', '', '', '', ''])
  })

  test('has columns of one width', () => {
    const table = markdownTable([{ records: 1_000_000, operation: 'create', client: 'jsforce', cost: base, base }])
    expect(new Set(table.split('\n').map(({ length }) => length)).size).toBe(1)
  })
})

function cells(line = ''): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
}
