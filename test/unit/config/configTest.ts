// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// A folder for a sflink.yaml, and the result of reading it.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { test as base } from 'vitest'
import { type Configuration, readConfiguration } from '../../../config/configuration.ts'
import { ConfigurationError } from '../../../config/problems.ts'

export const environment = {
  ...{ SF_CLIENT_ID: 'client-1', SF_CLIENT_SECRET: 'hush-hush', EMPTY: '' },
  ...{ HOOK: 'https://hooks.example.com/T0/hook-secret', SMTP: 'smtps://loader:p%40ss@smtp.acme.com' },
  ...{ KEY: randomBytes(32).toString('base64'), SHORT: 'c2VjcmV0' },
}

type Fixtures = {
  readonly folder: string
  readonly read: (text: string | Uint8Array, options?: { credentials?: 'optional' }) => Promise<Configuration>
  /** The lines of the error, without the folder. */
  readonly problems: (text: string | Uint8Array) => Promise<readonly string[]>
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that are used from the pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sflink-config-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  read: async ({ folder }, use) => {
    await use(async (text, options = {}) => {
      const file = join(folder, 'sflink.yaml')
      await writeFile(file, text)
      return readConfiguration(file, { environment, ...options })
    })
  },
  problems: async ({ folder, read }, use) => {
    await use(async text => {
      const error = await read(text).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (!(error instanceof ConfigurationError)) throw new Error(`No ConfigurationError but ${inspect(error)}`)
      return error.message.replaceAll(`${folder}/`, '').split('\n')
    })
  },
})

export const PRODUCTION = `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: \${SF_CLIENT_ID}, clientSecret: \${SF_CLIENT_SECRET} }
`

export const NIGHTLY = `syncs:
  nightly:
    connection: production
    object: Contact
    operation: create
    source: { uri: "file:data/contacts.csv" }
    fields: { LastName: last_name }
`
