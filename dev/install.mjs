// Installs the packages of a checkout, then runs a script: `node dev/install.mjs [script.ts [arguments]]`.
// It runs on the machine's own Node (18 or later) before the packages exist, so it is plain JavaScript without dependencies.
// It starts the script itself: after `&&`, the shell of an npm script would use the `node` that it found first, and miss the one
// that was just installed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'
const binFolder = join(root, 'node_modules', '.bin')
const projectNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')
const PROGRESS_MS = process.stderr.isTTY ? 1_000 : 15_000
const NETWORK_CODES = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH)\b/

/** The packages of a lock file; undefined when the file does not exist. Throws Error when it is not JSON. */
function readLock(path) {
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
}

/** npm writes a lock of the packages in node_modules; optional packages exist on some platforms only. */
function packagesAreCurrent() {
  const wanted = readLock(join(root, 'package-lock.json')) ?? {}
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined) return false
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  )
}

function showProgress(text) {
  const started = Date.now()
  const write = () => {
    const line = `${text} ${Math.round((Date.now() - started) / 1000)} s`
    process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`)
  }
  write()
  const timer = setInterval(write, PROGRESS_MS)
  return () => {
    clearInterval(timer)
    if (process.stderr.isTTY) process.stderr.write('\n')
  }
}

/** Resolves to the exit code and the last 20,000 characters of output. */
function runNpmCi() {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const npmScript = process.env.npm_execpath
  // npm sets the path of its script when it runs this one; else use npm on PATH, in a shell where npm is a .cmd file.
  const child =
    npmScript?.endsWith('.js') && existsSync(npmScript)
      ? spawn(process.execPath, [npmScript, ...args], { cwd: root })
      : spawn('npm', args, { cwd: root, shell: windows })
  return new Promise((resolve, reject) => {
    let output = ''
    const keep = data => {
      output = (output + data).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', code => resolve({ code, output }))
  })
}

function installFailure(output) {
  const network = NETWORK_CODES.exec(output)?.[1]
  if (network) {
    return `Installing packages failed: npm cannot reach its registry (${network}). Check the network and npm's registry and proxy settings, then run the command again.`
  }
  const lines = output.split('\n').filter(line => line.startsWith('npm error') || line.startsWith('npm ERR!'))
  const reasons = lines.slice(0, 3).map(line => line.replace(/^npm (error|ERR!) ?/, ''))
  return `Installing packages failed: ${reasons.join('; ') || output.trim().split('\n').at(-1)}. Run \`npm ci\` to see the whole output.`
}

async function install() {
  const stop = showProgress('Installing packages (once, about a minute) …')
  const { code, output } = await runNpmCi().finally(stop)
  if (code !== 0) throw new Error(installFailure(output))
}

/** Makes `npx sflink` work in a checkout. npm links the commands of the workspaces itself. */
function linkCommand() {
  mkdirSync(binFolder, { recursive: true })
  const link = join(binFolder, 'sflink')
  if (windows) {
    writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\bin\\sflink.mjs" %*\r\n')
    return
  }
  if (existsSync(link)) return
  rmSync(link, { force: true })
  symlinkSync(join('..', '..', 'bin', 'sflink.mjs'), link)
}

function requireNode() {
  if (existsSync(projectNode)) return projectNode
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  throw new Error(
    `Node ${process.versions.node} is too old (22.18 or later is needed) and npm did not install the Node of the project: allow the install script of the package "node", or install Node 24, then run \`npm ci\`.`,
  )
}

/** A terminal sends signals to the script too; a SIGTERM to this process alone is passed on. */
function runScript(node, args) {
  const path = [binFolder, process.env.PATH].join(windows ? ';' : ':')
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGINT', () => {})
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

try {
  if (!packagesAreCurrent()) await install()
  linkCommand()
  const node = requireNode()
  const script = process.argv.slice(2)
  if (script.length > 0) runScript(node, script)
} catch (error) {
  const missing = error.code === 'ENOENT' && error.syscall?.startsWith('spawn')
  console.error(missing ? 'npm is not on PATH: install Node 24 with npm, then run the command again.' : error.message)
  process.exitCode = 1
}
