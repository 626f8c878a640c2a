// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// A connection as it is written in sflink.yaml.
import { z } from 'zod'
import { strictShape } from '../packages/client/contract/issues.ts'
import { secret, text, wholeNumber } from './scalars.ts'

const clientId = text("the app's Consumer Key")
const clientSecret = secret("the app's Consumer Secret")
const username = text('the username in the org, such as loader@acme.com')

const authFlows = [
  strictShape({ flow: z.literal('client_credentials'), clientId, clientSecret }),
  strictShape({
    flow: z.literal('jwt_bearer'),
    clientId,
    username,
    privateKeyFile: text('the PEM file with the private key, relative to this file').optional(),
    privateKey: secret('the private key as PEM text').optional(),
    audience: text('the audience of the assertion, if not the usual login host').optional(),
  }).refine(auth => (auth.privateKeyFile === undefined) !== (auth.privateKey === undefined), {
    message: 'the flow jwt_bearer needs the private key once; set either privateKeyFile or privateKey',
    // Applies even if other keys have problems.
    when: ({ value }) => typeof value === 'object' && value !== null,
  }),
  strictShape({
    flow: z.literal('refresh_token'),
    clientId,
    clientSecret: clientSecret.optional(),
    refreshToken: secret('the refresh token'),
  }),
  strictShape({
    flow: z.literal('password'),
    clientId,
    clientSecret,
    username,
    password: secret("the user's password"),
    securityToken: text("the user's security token; not needed from a trusted IP address of the org").optional(),
  }),
  strictShape({
    flow: z.literal('access_token'),
    accessToken: secret('the access token'),
  }),
] as const

const authSchema = z.discriminatedUnion('flow', authFlows).describe('How to log in: the flow and what it needs')

/** An origin as people copy it from a browser, with advice for the usual mistakes. */
function orgUrl(what: string) {
  return text(what).superRefine((value, context) => {
    const fault = orgUrlFault(value)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
}

function orgUrlFault(value: string): string | undefined {
  const example = 'such as https://acme.my.salesforce.com'
  if (!URL.canParse(value) || !/^https?:\/\//i.test(value)) return `expected an https:// address, ${example}`
  const { hostname, pathname, search, username, password } = new URL(value)
  if (username !== '' || password !== '')
    return `the address must not contain a user or password; expected the address alone, ${example}`
  if (/\.lightning\.force\.com$/.test(hostname))
    return `${hostname} serves the pages, not the API; expected My Domain, ${example}`
  if (pathname !== '/' || search !== '') return `'${value}' has a path; expected the address alone, ${example}`
  return undefined
}

/** Disables the proxy, whatever the environment says. */
export const NO_PROXY = 'none'

const PROXY_WORDS = 'the HTTP proxy for this org, such as http://user:${PROXY_PASSWORD}@proxy.acme.com:3128, or none'

const proxy = text(PROXY_WORDS).superRefine((value, context) => {
  if (value === NO_PROXY || isProxyAddress(value)) return
  const message = `expected ${PROXY_WORDS}; percent-encode special characters of a password`
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

export const connectionSchema = strictShape({
  loginUrl: orgUrl("where to log in: the org's My Domain, such as https://acme.my.salesforce.com").optional(),
  instanceUrl: orgUrl('the address of the org; required for the flow access_token').optional(),
  apiVersion: z
    .union([z.string(), z.number()])
    .refine(version => /^(latest|\d+(\.0)?)$/.test(String(version)), {
      error: issue => `'${issue.input}' is not an API version; expected latest, or a version such as "67.0" without v`,
    })
    .optional()
    .describe('The API version, such as "67.0"; the newest of the org if absent'),
  auth: authSchema,
  proxy: proxy.optional(),
  requestTimeout: wholeNumber('milliseconds for one request including its answer', 1_000, 3_600_000).optional(),
  stallTimeout: wholeNumber('milliseconds without data after which a download is aborted', 1_000, 3_600_000).optional(),
  maxConcurrentRequests: wholeNumber('concurrent requests', 1, 100).optional(),
})

/** A problem between the keys of a connection of the right shape: the key to correct, and the message. */
export function connectionConflict(
  connection: WrittenConnection,
): { readonly key: string; readonly message: string } | undefined {
  const { flow } = connection.auth
  const example = 'set it, such as https://acme.my.salesforce.com'
  const generalHost = /^https?:\/\/(login|test)\.salesforce\.com/i.test(
    connection.loginUrl ?? 'https://login.salesforce.com',
  )
  if (flow === 'client_credentials' && generalHost) {
    return { key: 'loginUrl', message: `the flow client_credentials works at the org's My Domain only; ${example}` }
  }
  if (flow === 'access_token' && connection.instanceUrl === undefined) {
    return { key: 'instanceUrl', message: `the flow access_token needs the address of the org; ${example}` }
  }
  return undefined
}

export type WrittenConnection = z.output<typeof connectionSchema>
export type WrittenAuth = z.output<typeof authSchema>
