// Private keys in the forms in which they travel: through environment variables, secret stores, copy and paste.
import { createPrivateKey, type KeyObject } from 'node:crypto'

/** What is wrong with a private key: the end of the sentence `the private key …`, and what to do. Never quotes the key. */
type KeyProblem = { readonly detail: string; readonly advice: string }

export type ReadKey =
  | { readonly key: KeyObject; readonly problem?: never }
  | { readonly problem: KeyProblem; readonly key?: never }

const MAKE_ONE =
  'make one with: openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=salesforce-link -keyout server.key -out server.crt, ' +
  'and upload server.crt to the app'

const GENERAL_ADVICE = 'Give an RSA key as unencrypted PEM text, from the -----BEGIN line to the -----END line'

const problem = (detail: string, advice: string = GENERAL_ADVICE): ReadKey => ({ problem: { detail, advice } })

const ENCRYPTED = problem(
  'is encrypted with a passphrase',
  'Decrypt it with: openssl pkey -in server.key -out decrypted.key, and give decrypted.key',
)
const CERTIFICATE = problem(
  'is a certificate, which belongs into the app in the org',
  'Give the private key of this certificate: the file that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----',
)
const OTHER_KIND = (kind: string) =>
  problem(`is a key of the kind ${kind}, not an RSA key`, `Salesforce accepts RSA keys only (RS256): ${MAKE_ONE}`)

/** What a PEM block of this label is instead of a private RSA key. */
const LABELS: ReadonlyMap<string, ReadKey> = new Map([
  ['CERTIFICATE', CERTIFICATE],
  ['TRUSTED CERTIFICATE', CERTIFICATE],
  ['X509 CERTIFICATE', CERTIFICATE],
  ['CERTIFICATE REQUEST', CERTIFICATE],
  ['PUBLIC KEY', problem('is a public key', 'Give the private key that belongs to it')],
  ['RSA PUBLIC KEY', problem('is a public key', 'Give the private key that belongs to it')],
  ['ENCRYPTED PRIVATE KEY', ENCRYPTED],
  ['EC PRIVATE KEY', OTHER_KIND('EC')],
  ['EC PARAMETERS', OTHER_KIND('EC')],
  ['DSA PRIVATE KEY', OTHER_KIND('DSA')],
  [
    'OPENSSH PRIVATE KEY',
    problem(
      'has the form of OpenSSH',
      'Convert a copy of it with: ssh-keygen -p -N "" -m PEM -f copy.key, and give copy.key',
    ),
  ],
])

const PRIVATE_LABELS: readonly string[] = ['PRIVATE KEY', 'RSA PRIVATE KEY']

/** Bytes. A key of 16,384 bits has about 13,000; a file with its certificates has more. */
const LONGEST_KEY = 100_000

/**
 * Reads an RSA key: PKCS#8 or PKCS#1, with line breaks of any kind, with `\n` written as two characters, on one line, in quotes, after a byte order
 * mark, among certificates, or as base64 of all that.
 */
export function readPrivateKey(given: string): ReadKey {
  if (given.length > LONGEST_KEY) return problem('is longer than any key')
  const text = plainPem(given)
  if (text === '') return problem('is empty')
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)(-----END )?/g)]
  const block = blocks.find(([, label = '']) => PRIVATE_LABELS.includes(label)) ?? blocks[0]
  if (block === undefined) return withoutHeader(text)
  const [, label = '', body = '', end] = block
  const known = LABELS.get(label)
  if (known) return known
  if (!PRIVATE_LABELS.includes(label)) return problem('is PEM text of another kind')
  if (/Proc-Type: ?4, ?ENCRYPTED/.test(text)) return ENCRYPTED
  if (end === undefined) return problem('is cut: it has no -----END line')
  return parsed(`-----BEGIN ${label}-----\n${body.replace(/\s/g, '')}\n-----END ${label}-----\n`)
}

/** The text without what configuration formats and shells add. */
function plainPem(given: string): string {
  const text = given.replace(/^\uFEFF/, '').trim()
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text)
  return (quoted?.[2] ?? text).replace(/\\+r/g, '').replace(/\\+n/g, '\n').trim()
}

/** Base64 of a PEM file, as secret stores hold it; or the body of one. */
function withoutHeader(text: string): ReadKey {
  const joined = text.replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]{100,}={0,2}$/.test(joined)) {
    const isPath = text.length < 500 && /[/\\.]/.test(text)
    return isPath
      ? problem('looks like the path of a file', 'Give the path as auth.privateKeyFile')
      : problem('has no -----BEGIN line')
  }
  const decoded = Buffer.from(joined, 'base64').toString('utf8')
  if (decoded.includes('-----BEGIN ')) return readPrivateKey(decoded)
  const [pkcs8, pkcs1] = PRIVATE_LABELS.map(label =>
    parsed(`-----BEGIN ${label}-----\n${joined}\n-----END ${label}-----\n`),
  )
  return pkcs8?.key ? pkcs8 : (pkcs1 ?? problem('has no -----BEGIN line'))
}

/** Bits. RS256 requires at least these. */
const LEAST_BITS = 2048

function parsed(pem: string): ReadKey {
  const key = keyOf(pem)
  if (key === undefined) return problem('cannot be read: its base64 text is damaged or cut')
  const { asymmetricKeyType: kind = 'unknown', asymmetricKeyDetails } = key
  if (kind !== 'rsa') return OTHER_KIND(kind.toUpperCase())
  const bits = asymmetricKeyDetails?.modulusLength ?? 0
  return bits < LEAST_BITS
    ? problem(`has ${bits} bits`, `At least ${LEAST_BITS} bits are required: ${MAKE_ONE}`)
    : { key }
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    // Without its cause, which may contain the key.
    return undefined
  }
}
