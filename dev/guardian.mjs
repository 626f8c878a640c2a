// Run by guardedProcess.ts as `node guardian.mjs EXECUTABLE ARGUMENTS…`: runs it, and ends it when the process that started
// us is gone, however it went. Its end closes our standard input; no signal handler of its own could see a SIGKILL.
import { spawn } from 'node:child_process'

const [executable, ...args] = process.argv.slice(2)
if (executable === undefined) throw new Error('Give an executable.')

const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'inherit'] })
child.on('error', error => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
child.on('exit', code => process.exit(code ?? 1))

const GRACE_MS = 3_000
/** A Temporal server in memory has nothing to save, and its orderly end takes more than a second. */
const orderly = args.includes('--db-filename')
const end = () => {
  child.kill(orderly ? 'SIGTERM' : 'SIGKILL')
  if (orderly) setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
}
process.stdin.on('end', end)
process.stdin.on('error', end)
process.stdin.resume()
process.on('SIGTERM', end)
process.on('SIGINT', end)
