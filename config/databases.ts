// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `databases:` of sflink.yaml: databases that sources may be in.
import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import type { z } from 'zod'
import { type DatabaseSettings, readDatabaseUrl } from '../loader/sources/postgres/databaseSettings.ts'
import { type Problem, strictShape } from '../packages/client/contract/issues.ts'
import { present } from '../packages/client/contract/scalars.ts'
import { readBounded } from './boundedFile.ts'
import { secret, text, time } from './schemaWords.ts'

/** Milliseconds. A server in another network needs a second; a proxy that wakes a database up needs several. */
const DEFAULT_CONNECT_TIMEOUT = 30_000
/** Milliseconds. */
const DEFAULT_STATEMENT_TIMEOUT = 600_000

export const databaseSchema = strictShape(
  {
    url: secret('the URL of a PostgreSQL database, like postgresql://user:password@host:5432/database'),
    caCertificate: text(
      'the PEM file with the certificate authority of the server, relative to this file; those that Node trusts when left out',
    ).optional(),
    connectTimeout: time('the time for a login: 30s when left out', '30s', ['1s', '10m']).optional(),
    statementTimeout: time('the time for the first rows, and for each batch of rows: 10m when left out', '10m', [
      '1s',
      '1d',
    ]).optional(),
  },
  '{ url: "${CRM_URL}" }',
)

type WrittenDatabases = Readonly<Record<string, z.output<typeof databaseSchema>>>

export type ReadDatabases = {
  readonly databases: ReadonlyMap<string, DatabaseSettings>
  readonly problems: readonly Problem[]
}

export const certificateFilesOf = (written: WrittenDatabases = {}, baseDirectory: string): readonly string[] =>
  Object.values(written).flatMap(({ caCertificate }) =>
    caCertificate === undefined ? [] : [resolve(baseDirectory, caCertificate)],
  )

/** @param isNeeded whether the settings of a database are needed: a command that reads none may lack the variables of its URL */
export async function readDatabases(
  written: WrittenDatabases = {},
  baseDirectory: string,
  isNeeded: (name: string) => boolean,
): Promise<ReadDatabases> {
  const databases = new Map<string, DatabaseSettings>()
  const problems: Problem[] = []
  for (const [name, { url, caCertificate, connectTimeout, statementTimeout }] of Object.entries(written)) {
    if (!isNeeded(name)) continue
    const address = readDatabaseUrl(url)
    const certificate = caCertificate === undefined ? undefined : await readCertificate(baseDirectory, caCertificate)
    if ('problem' in address) problems.push({ path: ['databases', name, 'url'], message: address.problem })
    if (certificate !== undefined && 'problem' in certificate) {
      problems.push({ path: ['databases', name, 'caCertificate'], message: certificate.problem })
    }
    if ('problem' in address || (certificate !== undefined && 'problem' in certificate)) continue
    databases.set(name, {
      ...{ name, ...address, ...present({ caCertificate: certificate?.pem }) },
      connectTimeout: connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
      statementTimeout: statementTimeout ?? DEFAULT_STATEMENT_TIMEOUT,
    })
  }
  return { databases, problems }
}

async function readCertificate(
  baseDirectory: string,
  written: string,
): Promise<{ readonly pem: string } | { readonly problem: string }> {
  const path = resolve(baseDirectory, written)
  const advice = 'give the PEM file with the certificate authority, relative to sflink.yaml'
  try {
    const pem = (await readBounded(path)).toString('utf8')
    return isCertificate(pem) ? { pem } : { problem: `${path} has no valid certificate; ${advice}` }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'the file does not exist' : `it cannot be read (${code})`
    return { problem: `${path}: ${reason}; ${advice}` }
  }
}

function isCertificate(pem: string): boolean {
  try {
    // The first one of several.
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}
