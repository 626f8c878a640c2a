// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// A connection as it is written in sflink.yaml.
import { z } from 'zod'
import { closed, secret, text, wholeNumber } from './schemaWords.ts'

const clientId = text("the app's Consumer Key")
const clientSecret = secret("the app's Consumer Secret")
const username = text("the user's name in the org, like loader@acme.com")

const authFlows = [
  closed({ flow: z.literal('client_credentials'), clientId, clientSecret }),
  closed({
    flow: z.literal('jwt_bearer'),
    clientId,
    username,
    privateKeyFile: text('the PEM file with the private key, relative to this file').optional(),
    privateKey: secret('the private key as PEM text').optional(),
    audience: text('the audience of the assertion, if not the usual login host').optional(),
  }).refine(auth => (auth.privateKeyFile === undefined) !== (auth.privateKey === undefined), {
    message: 'the flow jwt_bearer needs the private key once; give either privateKeyFile or privateKey',
    // Even when other keys have problems of their own.
    when: ({ value }) => typeof value === 'object' && value !== null,
  }),
  closed({
    flow: z.literal('refresh_token'),
    clientId,
    clientSecret: clientSecret.optional(),
    refreshToken: secret('the refresh token'),
  }),
  closed({
    flow: z.literal('password'),
    clientId,
    clientSecret,
    username,
    password: secret("the user's password"),
    securityToken: text("the user's security token; not needed from an address the org trusts").optional(),
  }),
  closed({
    flow: z.literal('access_token'),
    accessToken: secret('the access token'),
  }),
] as const

const authSchema = z.discriminatedUnion('flow', authFlows).describe('How to log in: the flow and what it needs')

/** An origin as people copy it from a browser, with a word on the usual mistakes. */
function orgUrl(what: string) {
  return text(what).superRefine((value, context) => {
    const fault = orgUrlFault(value)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
}

function orgUrlFault(value: string): string | undefined {
  const example = 'like https://acme.my.salesforce.com'
  if (!URL.canParse(value) || !/^https?:\/\//i.test(value))
    return `is not an address; give one with https://, ${example}`
  const { hostname, pathname, search, username, password } = new URL(value)
  if (username !== '' || password !== '') return `must not carry a user or password; give the address alone, ${example}`
  if (/\.lightning\.force\.com$/.test(hostname))
    return `is where the pages are, not the API; give My Domain, ${example}`
  if (pathname !== '/' || search !== '') return `has a path; give the address alone, ${example}`
  return undefined
}

/** The way out without a proxy, whatever the environment says. */
export const NO_PROXY = 'none'

const PROXY_WORDS =
  'the HTTP proxy on the way to the org, like http://user:${PROXY_PASSWORD}@proxy.acme.com:3128, or none'

const proxy = text(PROXY_WORDS).superRefine((value, context) => {
  if (value === NO_PROXY || isProxyAddress(value)) return
  const message = `is no address of a proxy; give ${PROXY_WORDS}; percent-encode special characters of a password`
  context.addIssue({ code: 'custom', message })
})

export function isProxyAddress(value: string): boolean {
  if (!URL.canParse(value) || !/^https?:\/\//i.test(value)) return false
  const { hostname, pathname, search, username, password } = new URL(value)
  return hostname !== '' && pathname === '/' && search === '' && isPercentEncoded(username + password)
}

function isPercentEncoded(value: string): boolean {
  try {
    decodeURIComponent(value)
    return true
  } catch {
    return false
  }
}

export const connectionSchema = closed({
  loginUrl: orgUrl("where to log in: the org's My Domain, like https://acme.my.salesforce.com").optional(),
  instanceUrl: orgUrl('where the org is; needed with the flow access_token').optional(),
  apiVersion: z
    .union([z.string(), z.number()])
    .refine(version => /^(latest|\d+(\.0)?)$/.test(String(version)), {
      error: 'is no API version; use latest, or one like "67.0" without v',
    })
    .optional()
    .describe('The API version, like "67.0"; the newest of the org when left out'),
  auth: authSchema,
  proxy: proxy.optional(),
  requestTimeout: wholeNumber('milliseconds for one request with its whole answer', 1_000, 3_600_000).optional(),
  stallTimeout: wholeNumber('milliseconds that a download may stand still', 1_000, 3_600_000).optional(),
  maxConcurrentRequests: wholeNumber('requests at a time', 1, 100).optional(),
})

/** What is wrong between the keys of a connection that has the right shape: the key to mend, and the words. */
export function connectionFault(
  connection: WrittenConnection,
): { readonly key: string; readonly message: string } | undefined {
  const { flow } = connection.auth
  const example = 'give it, like https://acme.my.salesforce.com'
  const generalHost = /^https?:\/\/(login|test)\.salesforce\.com/i.test(
    connection.loginUrl ?? 'https://login.salesforce.com',
  )
  if (flow === 'client_credentials' && generalHost) {
    return { key: 'loginUrl', message: `the flow client_credentials works at the org's My Domain only; ${example}` }
  }
  if (flow === 'access_token' && connection.instanceUrl === undefined) {
    return { key: 'instanceUrl', message: `the flow access_token does not say where the org is; ${example}` }
  }
  return undefined
}

export type WrittenConnection = z.output<typeof connectionSchema>
export type WrittenAuth = z.output<typeof authSchema>
