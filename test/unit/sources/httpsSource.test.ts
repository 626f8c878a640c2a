import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SourceFileError } from '../../../loader/sources/errors.ts'
import { openSource } from '../../../loader/sources/open.ts'
import { type Certificate, makeAuthority, makeCertificate } from '../../rig/certificates.ts'
import { type Listening, listening } from '../../rig/listening.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { CSV } from './exportServer.ts'

describe('over TLS', () => {
  const folder = temporaryFolder()
  let authority: Certificate
  const servers: Listening[] = []
  beforeAll(async () => {
    authority = await makeAuthority(folder, 'authority')
  })
  afterAll(() => Promise.all(servers.map(server => server.close())))

  /** Starts a server with a certificate of the authority, and returns its URL. */
  async function serve(name: string, days: number): Promise<string> {
    const made = await makeCertificate(folder, name, { authority, subjectAltName: 'IP:127.0.0.1', days })
    const [key, cert] = [await readFile(made.key), await readFile(made.crt)]
    const tls = createServer({ key, cert }, (_, response) => {
      response.writeHead(200, { 'content-length': CSV.length }).end(CSV)
    })
    const started = await listening(tls)
    servers.push(started)
    return `https://127.0.0.1:${started.port}/`
  }

  test('an untrusted certificate is rejected, with how to trust it', async () => {
    const address = await serve('strange', 1)
    const opening = openSource({ uri: `${address}x.csv` }, { baseDirectory: '/', dataDirectories: [address] })
    const error = await opening.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SourceFileError)
    expect((error as Error).message).toMatch(
      /machine does not trust its certificate \(\w+\)\. .+ set NODE_EXTRA_CA_CERTS to its file\.$/,
    )
  })

  test('NODE_EXTRA_CA_CERTS makes it trusted, until it expires', async () => {
    const script = `import { openSource } from ${JSON.stringify(new URL('../../../loader/sources/open.ts', import.meta.url).href)}
      for (const place of process.argv.slice(1)) {
        const opening = openSource({ uri: place + 'x.csv' }, { baseDirectory: '/', dataDirectories: [place] })
        console.log(await opening.then(({ header }) => header.join(), ({ message }) => message))
      }`
    const environment = { ...process.env, NODE_EXTRA_CA_CERTS: authority.crt }
    const places = [await serve('known', 1), await serve('expired', -1)]
    const args = ['--input-type=module', '-e', script, ...places]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment })
    expect(stdout).toMatch(
      /^a,b\nThe source .+ its certificate has expired \(CERT_HAS_EXPIRED\)\. Renew the certificate\.\n$/,
    )
  })
})
