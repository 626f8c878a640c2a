import { expect, test } from 'vitest'
import { clusterOptions } from '../../../dev/cluster/options.ts'

test('the cluster takes a number of records that a worker can be killed in', () => {
  expect(clusterOptions([])).toEqual({ records: 100_000, keep: false })
  expect(clusterOptions(['--records', '50,000', '--keep'])).toEqual({ records: 50_000, keep: true })
})

test.each(['', '100', '2e7', 'many', '30000.5'])('--records %o is rejected with what is allowed', text => {
  expect(() => clusterOptions(['--records', text])).toThrow(
    `--records is '${text}'; give a whole number from 20000 to 1000000, like --records 100000`,
  )
})

test.each([['--record'], ['30000'], ['--records']])('%s is rejected with what is allowed', argument => {
  expect(() => clusterOptions([argument])).toThrow(/^[^.\n]*; give nothing, --records 100000 or --keep$/)
})
