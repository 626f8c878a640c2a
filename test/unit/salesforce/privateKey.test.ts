import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import { readPrivateKey } from '../../../loader/salesforce/auth/privateKey.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' = 'pkcs8'): string =>
  String(key.export({ type, format: 'pem' } as never))

const encrypted = (type: 'pkcs1' | 'pkcs8'): string =>
  String(rsa.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' }))

const P8 = pem(rsa.privateKey)
const P1 = pem(rsa.privateKey, 'pkcs1')
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIBszCCARygAwIBAgIUYj0=\n-----END CERTIFICATE-----\n'
const escaped = (text: string): string => text.replaceAll('\n', '\\n')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test.each([
  ['PKCS#8', P8],
  ['PKCS#1', P1],
  ['CRLF', P8.replaceAll('\n', '\r\n')],
  ['line ends of old Macs', P8.replaceAll('\n', '\r')],
  ['a byte order mark', `\uFEFF${P8}`],
  ['blank lines around and blanks before each line', `\n\n${P1.replaceAll('\n', '\n  ')}\n`],
  ['line breaks as two characters', escaped(P8)],
  ['line breaks as four characters', escaped(P8.replaceAll('\n', '\r\n')).replaceAll('\r', '\\r')],
  ['line breaks that were escaped twice', P1.replaceAll('\n', '\\\\n')],
  ['one line with blanks', P8.replaceAll('\n', ' ')],
  ['one line without blanks', P1.replaceAll('\n', '')],
  ['double quotes', `"${escaped(P8)}"`],
  ['single quotes', `'${P8}'`],
  ['base64 of the PEM text', base64(P8)],
  ['base64 of the PEM text, wrapped', base64(P1).replace(/.{76}/g, '$&\n')],
  ['the base64 text alone, PKCS#8', P8.replace(/-----.+-----\n/g, '')],
  ['the base64 text alone, PKCS#1', P1.replace(/-----.+-----\n/g, '')],
  ['a certificate before the key', CERTIFICATE + P8],
  ['notes of openssl before the key', `Bag Attributes\n    friendlyName: salesforce\n${P8}`],
])('reads a key with %s', (_, text) => {
  expect(readPrivateKey(text).key?.equals(rsa.privateKey)).toBe(true)
})

test.each([
  ['encrypted PKCS#8', encrypted('pkcs8'), /is encrypted with a passphrase/, /openssl pkey -in/],
  ['encrypted PKCS#1', encrypted('pkcs1'), /is encrypted with a passphrase/, /openssl pkey -in/],
  ['a certificate', CERTIFICATE, /is a certificate/, /Give the private key of this certificate/],
  ['a certificate on one line', escaped(CERTIFICATE), /is a certificate/, /Give the private key/],
  ['a public key', String(rsa.publicKey.export({ type: 'spki', format: 'pem' })), /is a public key/, /private key/],
  ['an EC key', pem(ec.privateKey), /kind EC, not an RSA key/, /openssl req .*rsa:2048/],
  ['an EC key of the older form', pem(ec.privateKey, 'sec1'), /kind EC, not an RSA key/, /openssl req/],
  ['an Ed25519 key', pem(ed.privateKey), /kind ED25519, not an RSA key/, /openssl req/],
  ['a short key', pem(short.privateKey), /has 1024 bits/, /2048 bits/],
  ['an OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n', /form of OpenSSH/, /ssh-keygen -p/],
  ['a key without its end', P8.slice(0, 900), /has no -----END line/, /END line/],
  ['a damaged key', P8.replace(/\n.{64}\n/, '\n'), /damaged or cut/, /unencrypted PEM/],
  ['nothing', ' \n', /is empty/, /unencrypted PEM/],
  ['a path', '/etc/keys/server.key', /looks like the path of a file/, /privateKeyFile/],
  ['another secret', 'hunter2', /has no -----BEGIN line/, /unencrypted PEM/],
  ['a huge text', 'x'.repeat(200_000), /longer than any key/, /unencrypted PEM/],
])('names %s, and what to do', (_, text, detail, advice) => {
  const { problem } = readPrivateKey(text)
  expect(problem?.detail).toMatch(detail)
  expect(problem?.advice).toMatch(advice)
  expect(JSON.stringify(problem)).not.toContain('hunter2')
})
