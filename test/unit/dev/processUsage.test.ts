import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { measureCommand } from '../../../dev/bench/processUsage.ts'

/** Works for 300 ms with 130 MB, in a child process of the one that is started. */
const WORK = `
const held = Buffer.alloc(130_000_000, 1)
const end = process.cpuUsage().user + 300_000
while (process.cpuUsage().user < end) held.fill(2)
`
const PARENT = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(WORK)}], { stdio: 'inherit' })`

function node(script: string) {
  return measureCommand({ program: process.execPath, args: ['-e', script], folder: tmpdir() })
}

// The figures come from /proc.
describe.skipIf(process.platform !== 'linux')('a measured command', () => {
  test('counts the time and the memory of its child processes', async () => {
    const { cpu, wall, peak } = await node(PARENT)
    expect(cpu).toBeGreaterThan(0.3)
    expect(wall).toBeGreaterThan(0.1)
    expect(peak).toBeGreaterThan(150)
  })

  test('counts little for a command that does nothing', async () => {
    const { cpu, peak, stdout } = await node("console.log('done')")
    expect(stdout).toBe('done')
    expect(cpu).toBeLessThan(0.5)
    expect(peak).toBeLessThan(100)
  })

  test('fails with what it wrote, not with its arguments', async () => {
    await expect(node("console.error('no such org'); process.exit(3)")).rejects.toThrow(
      /^node ended with code 3: no such org$/,
    )
  })
})
