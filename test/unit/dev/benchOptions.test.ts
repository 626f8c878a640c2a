import { describe, expect, test } from 'vitest'
import { benchOptions } from '../../../dev/bench/options.ts'

describe('the arguments of the bench', () => {
  test('measure every size and operation by default, and save the table', () => {
    expect(benchOptions([])).toEqual({
      sizes: [1, 1_000, 100_000, 1_000_000],
      operations: ['create', 'update', 'upsert'],
      s3: false,
      orgSpeed: 'full',
      save: true,
      sources: false,
      changed: 'beside',
      workers: undefined,
    })
  })

  test('choose sizes and operations in any order, for a table that is not saved', () => {
    expect(benchOptions(['1,000', 'upsert', '100000', 'create'])).toMatchObject({
      sizes: [1_000, 100_000],
      operations: ['upsert', 'create'],
      save: false,
      changed: 'left out',
    })
    expect(benchOptions(['1000', '--save'])).toMatchObject({ sizes: [1_000], save: true })
  })

  test('add 5,000,000 records with --large', () => {
    expect(benchOptions(['--large']).sizes).toEqual([1, 1_000, 100_000, 1_000_000, 5_000_000])
    expect(benchOptions(['1000', '--large']).sizes).toEqual([1_000, 5_000_000])
    expect(benchOptions(['create', '--large']).sizes).toEqual([1, 1_000, 100_000, 1_000_000, 5_000_000])
  })

  test('measure only the kinds of sources with --sources', () => {
    expect(benchOptions(['--sources', '1000'])).toMatchObject({ sources: true, sizes: [1_000], save: false })
    expect(benchOptions(['--sources', '--save'])).toMatchObject({ sources: true, save: true })
  })

  test('measure only the loads that send what changed with --changed', () => {
    expect(benchOptions(['--changed'])).toMatchObject({ changed: 'alone', save: false })
    expect(benchOptions(['--changed', '1000', '--save'])).toMatchObject({
      changed: 'alone',
      sizes: [1_000],
      save: true,
    })
  })

  test.each([
    [['ten'], "'ten' is neither a number of records nor an operation; the arguments are sizes like"],
    [['0'], "'0' is neither a number of records nor an operation"],
    [['--org-speed', 'slow'], "--org-speed is 'slow'; give full or salesforce"],
    [['--workers', '0'], "--workers is '0'; give a whole number from 1 to 16"],
    [['--quick'], "Unknown option '--quick'; the arguments are"],
  ])('reject %j', (args, message) => {
    expect(() => benchOptions(args)).toThrow(message)
  })
})
