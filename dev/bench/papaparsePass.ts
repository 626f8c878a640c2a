// Parses a file once with papaparse: the unit for the cost of a load.
import { createReadStream } from 'node:fs'
import Papa from 'papaparse'

const [, , path] = process.argv
if (path === undefined) throw new Error('usage: papaparsePass.ts FILE')
const started = performance.now()
const before = process.cpuUsage()
let rows = 0
await new Promise<void>((resolve, reject) => {
  Papa.parse<string[]>(createReadStream(path, 'utf8'), {
    chunk: ({ data }) => {
      rows += data.length
    },
    complete: () => resolve(),
    error: reject,
  })
})
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({
    rows,
    wall: (performance.now() - started) / 1000,
    cpu: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  }),
)
