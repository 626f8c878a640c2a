import { expect, test } from 'vitest'
import { clusterOptions } from '../../../dev/cluster/options.ts'

test('the cluster accepts a number of records that is large enough to kill a worker', () => {
  expect(clusterOptions([])).toEqual({ records: 100_000, keep: false })
  expect(clusterOptions(['--records', '50,000', '--keep'])).toEqual({ records: 50_000, keep: true })
})

test.each(['', '100', '2e7', 'many', '30000.5'])('--records %o is rejected with what is allowed', text => {
  expect(() => clusterOptions(['--records', text])).toThrow(
    `--records is '${text}'; give a whole number from 20000 to 1000000, like --records 100000`,
  )
})

test.each([['--record'], ['30000'], ['--records']])('%s is rejected with what is allowed', argument => {
  expect(() => clusterOptions([argument])).toThrow(
    /^[^.\n]*; the arguments are --records 100000 and --keep, both optional$/,
  )
})
