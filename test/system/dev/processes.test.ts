import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Processes } from '../../../dev/processes/processes.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

const job = (code: string) => ({
  ...{ name: 'The test', folder, environment: process.env, log: join(folder, 'test.log') },
  args: ['-e', code],
})

test('processes end and their folder is removed after their parent is killed', async () => {
  const module = new URL('../../../dev/processes/processes.ts', import.meta.url).href
  const left = join(folder, 'left')
  const background = { ...job(`console.log('ready'); setInterval(() => {}, 1000)`), ready: '/ready/' }
  const script = `
    const { Processes } = await import(${JSON.stringify(module)})
    const { mkdirSync } = await import('node:fs')
    const processes = new Processes()
    mkdirSync(${JSON.stringify(left)})
    processes.removeAfterwards(${JSON.stringify(left)})
    const { pid } = await processes.start({ ...${JSON.stringify(background)}, ready: /ready/ })
    console.log(pid)
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script])
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  const pid = Number(line)
  expect([isAlive(pid), existsSync(left)]).toEqual([true, true])
  owner.kill('SIGKILL')
  await expect.poll(() => [isAlive(pid), existsSync(left)], { timeout: 10_000 }).toEqual([false, false])
})

test('reports a process that ends too early with its last line and its log', async () => {
  const processes = new Processes()
  const failing = job(`console.error('no room left'); process.exit(3)`)
  const message = `The test ended with code 3: no room left. Its log is ${failing.log}`
  await expect(processes.runToEnd(failing)).rejects.toThrow(message)
  await expect(processes.start({ ...failing, ready: /never/ })).rejects.toThrow(message)
  const running = await processes.start({ ...job('setTimeout(() => process.exit(4), 50)') })
  await expect(running.during(new Promise(() => {}))).rejects.toThrow('The test ended with code 4: no output')
  await processes.end()
  await expect(processes.runToEnd(failing)).rejects.toThrow('The processes are being stopped; no more can start')
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
