import { describe, expect, test } from 'vitest'
import { withSection } from '../../../dev/resultsFile.ts'

describe('the file of results', () => {
  test('keeps the other sections, in one order, whichever command writes first', () => {
    const one = withSection(withSection('', 'clients', 'a table\n\n| 1 | 2 |\n'), 'chaos', 'seed 7')
    const other = withSection(withSection('', 'chaos', 'seed 7'), 'clients', 'a table\n\n| 1 | 2 |')
    expect(one).toBe(other)
    expect(one.indexOf('a table')).toBeLessThan(one.indexOf('seed 7'))
  })

  test('replaces a section that is written again', () => {
    const once = withSection(withSection('', 'clients', 'first'), 'chaos', 'seed 7')
    const twice = withSection(once, 'clients', 'second')
    expect(twice).toBe(once.replace('first', 'second'))
  })
})
