// Certificates for tests, made by openssl: a certificate authority and the certificates that it signs.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Paths of two PEM files. */
export type Certificate = { readonly crt: string; readonly key: string }

export async function makeAuthority(folder: string, name: string): Promise<Certificate> {
  const made = { crt: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  await run('openssl', [
    'req',
    '-x509',
    ...KEY,
    '-keyout',
    made.key,
    '-out',
    made.crt,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  ])
  return made
}

export type CertificateOptions = {
  readonly authority: Certificate
  /** For a server, like `DNS:localhost`. */
  readonly subjectAltName?: string
  /** @default 1 A negative number has expired. */
  readonly days?: number
}

export async function makeCertificate(
  folder: string,
  name: string,
  { authority, subjectAltName = `DNS:${name}`, days = 1 }: CertificateOptions,
): Promise<Certificate> {
  const [made, request, extensions] = [
    { crt: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) },
    join(folder, `${name}.csr`),
    join(folder, `${name}.ext`),
  ]
  await writeFile(extensions, `subjectAltName=${subjectAltName}\n`)
  await run('openssl', ['req', ...KEY, '-keyout', made.key, '-out', request, '-subj', `/CN=${name}`])
  const signing = ['-CA', authority.crt, '-CAkey', authority.key, '-CAcreateserial', '-days', String(days)]
  await run('openssl', ['x509', '-req', '-in', request, ...signing, '-extfile', extensions, '-out', made.crt])
  return made
}
