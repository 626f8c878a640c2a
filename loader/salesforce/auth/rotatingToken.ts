// Refresh tokens that Salesforce replaces with each use ("refresh token rotation"). The newest one is kept for all workers, encrypted, in the run
// store: the key is derived from the refresh token of the configuration, which every worker has and nothing stores. A new token in the
// configuration therefore begins a new series.
//
// A token that was replaced must not be used again, since Salesforce then revokes the whole series. So a worker claims the token before it uses it.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject } from '../../../packages/client/contract/issues.ts'
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import { parseJson } from '../../http/body.ts'
import { Secret } from '../../http/secret.ts'
import { LoginRejectedError } from '../errors.ts'
import { withRetries } from '../failures.ts'

/** Where the tokens of one series are kept: a part of the run store, for all workers. */
type TokenFiles = {
  /** For messages: a path or a URI. */
  readonly location: string
  /** Writes atomically, and only if the file does not exist; false when it exists. */
  writeOnce(path: string, content: string): Promise<boolean>
  readText(path: string): Promise<string | undefined>
  list(folder: string): Promise<readonly string[]>
  remove(path: string): Promise<void>
}

/** Opens the files of a series by its name: letters and digits. */
export type OpenTokenFiles = (series: string) => TokenFiles

/** Keeps the tokens of one process, when there is no run store. */
export function inMemoryTokenFiles(): OpenTokenFiles {
  const all = new Map<string, Map<string, string>>()
  return series => {
    const files = all.get(series) ?? new Map<string, string>()
    all.set(series, files)
    return {
      location: 'memory',
      async writeOnce(path, content) {
        if (files.has(path)) return false
        files.set(path, content)
        return true
      },
      readText: async path => files.get(path),
      list: async () => [...files.keys()],
      remove: async path => void files.delete(path),
    }
  }
}

/** Thrown when a stored refresh token was changed. */
export class TokenFileError extends LinkError {
  override readonly name = 'TokenFileError' as const
  readonly kind = 'rejected' as const

  constructor(file: string, cause: unknown) {
    super(
      `The stored refresh token ${file} cannot be decrypted: the file was changed. ` +
        'Remove it, authorise the app again and give its new refreshToken.',
      { cause },
    )
  }
}

/** A token of the series; number 0 is the one of the configuration. */
type Numbered = { readonly number: number; readonly token: Secret }

const TOKEN_FILE = /^(\d{1,9})\.token\.json$/
const CLAIM_FILE = /^\d{1,9}\.claim(\d{1,9})$/
const tokenFile = (number: number): string => `${number}.token.json`
const claimFile = (number: number, attempt: number): string => `${number}.claim${attempt}`

/** Milliseconds between two looks at the claim of another worker. */
const CLAIM_POLL = 250
/** Milliseconds until the claim of another worker is taken over, since that worker must have stopped: a login ends within one minute. */
const CLAIM_LIFETIME = 90_000

/**
 * Opens a session with the newest token of the series, and keeps the token that replaces it. One worker at a time; the others wait for its token.
 * Throws what `use` throws.
 */
export async function withNewestToken<Opened extends { readonly accessToken: Secret; readonly refreshToken?: Secret }>(
  configured: Secret,
  openFiles: OpenTokenFiles,
  use: (token: Secret) => Promise<Opened>,
): Promise<Opened> {
  const series = seriesOf(configured, openFiles)
  for (;;) {
    const newest = await newestOf(series)
    const release = await claimed(series, newest.number)
    if (release === undefined) continue
    try {
      // Read again under the claim: the worker that had it before may have stored a newer one.
      if ((await newestOf(series)).number !== newest.number) continue
      const session = await use(newest.token)
      const next = session.refreshToken
      if (next !== undefined && next.reveal() !== newest.token.reveal()) await keep(series, newest.number + 1, next)
      return session
    } catch (error) {
      // A worker that was slower than its claim may have replaced the token meanwhile.
      if (error instanceof LoginRejectedError && (await newestOf(series)).number !== newest.number) continue
      throw error
    } finally {
      await release()
    }
  }
}

type Series = { readonly files: TokenFiles; readonly configured: Secret; readonly key: Buffer }

function seriesOf(configured: Secret, openFiles: OpenTokenFiles): Series {
  const derived = (info: string) => Buffer.from(hkdfSync('sha256', configured.reveal(), '', info, 32))
  const name = createHash('sha256').update(derived('salesforce-link refresh token name')).digest('hex').slice(0, 32)
  return { files: openFiles(name), configured, key: derived('salesforce-link refresh token key') }
}

async function newestOf({ files, configured, key }: Series): Promise<Numbered> {
  const numbers = (await files.list('')).flatMap(path => TOKEN_FILE.exec(path)?.[1] ?? []).map(Number)
  const number = Math.max(0, ...numbers)
  if (number === 0) return { number, token: configured }
  const text = await files.readText(tokenFile(number))
  // Removed since it was listed: a newer one is there.
  if (text === undefined) return newestOf({ files, configured, key })
  return { number, token: decrypted(text, { files, configured, key }, number) }
}

/** A function that gives the claim up; undefined when another worker has used it, or gave it up, while this one waited. */
async function claimed({ files }: Series, number: number): Promise<(() => Promise<void>) | undefined> {
  const prefix = `${number}.claim`
  const attempts = (await files.list(''))
    .filter(path => path.startsWith(prefix))
    .flatMap(path => CLAIM_FILE.exec(path)?.[1] ?? [])
  const latest = Math.max(0, ...attempts.map(Number))
  if (latest > 0 && !(await outlived(files, claimFile(number, latest)))) return undefined
  const mine = claimFile(number, latest + 1)
  if (!(await files.writeOnce(mine, randomUUID()))) return undefined
  return async () => {
    for (let attempt = 1; attempt <= latest + 1; attempt += 1) await files.remove(claimFile(number, attempt))
  }
}

/** Whether a claim stays for as long as a claim may: measured here, because the clocks of workers differ. */
async function outlived(files: TokenFiles, path: string): Promise<boolean> {
  const first = await files.readText(path)
  const end = performance.now() + CLAIM_LIFETIME
  while (performance.now() < end) {
    if (first === undefined || (await files.readText(path)) !== first) return false
    await pause(CLAIM_POLL)
  }
  return true
}

/** Stores the next token before the one that it replaces is removed. Persistent, because a token that is not stored is lost for all workers. */
async function keep(series: Series, number: number, token: Secret): Promise<void> {
  await withRetries(
    () => series.files.writeOnce(tokenFile(number), encrypted(token, series.key, number)),
    () => true,
  )
  if (number > 1) await series.files.remove(tokenFile(number - 1))
}

const CIPHER = 'aes-256-gcm'

function encrypted(token: Secret, key: Buffer, number: number): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(String(number)))
  const data = Buffer.concat([cipher.update(token.reveal(), 'utf8'), cipher.final()])
  const [tag, ...rest] = [cipher.getAuthTag(), iv, data].map(bytes => bytes.toString('base64'))
  return JSON.stringify({ cipher: CIPHER, tag, iv: rest[0], data: rest[1] })
}

function decrypted(text: string, { files, key }: Series, number: number): Secret {
  const stored = parseJson(text)
  const bytes = (name: string) => Buffer.from(String(isObject(stored) ? stored[name] : ''), 'base64')
  try {
    const cipher = createDecipheriv(CIPHER, key, bytes('iv')).setAAD(Buffer.from(String(number)))
    cipher.setAuthTag(bytes('tag'))
    return new Secret(Buffer.concat([cipher.update(bytes('data')), cipher.final()]).toString('utf8'))
  } catch (error) {
    throw new TokenFileError(`${files.location}/${tokenFile(number)}`, error)
  }
}
