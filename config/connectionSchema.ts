// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `connections:` of sflink.yaml.
import { z } from 'zod'
import { GENERAL_LOGIN_HOSTS, orgAddress } from '../loader/salesforce/orgAddress.ts'
import { ADD_GIVEN, isObject, strictShape } from '../packages/client/contract/issues.ts'
import { secret, share, shareOf, text, time, wholeNumber } from './schemaWords.ts'

const clientId = text("the app's Consumer Key")
const clientSecret = secret("the app's Consumer Secret")
const username = text("the user's name in the org, like loader@acme.com")

const flow = <Name extends string>(name: Name) => z.literal(name).describe('The OAuth flow')

const authFlows = [
  strictShape({ flow: flow('client_credentials'), clientId, clientSecret }),
  strictShape({
    flow: flow('jwt_bearer'),
    clientId,
    username,
    privateKeyFile: text('the PEM file with the private key, relative to this file').optional(),
    privateKey: secret('the private key as PEM text').optional(),
    audience: text(
      'the audience of the assertion; when left out, the My Domain, then the login host of Salesforce',
    ).optional(),
  }).refine(auth => (auth.privateKeyFile === undefined) !== (auth.privateKey === undefined), {
    message: 'the flow jwt_bearer requires one private key; give either privateKeyFile or privateKey',
    // Runs also when other keys have problems.
    when: ({ value }) => typeof value === 'object' && value !== null,
  }),
  strictShape({
    flow: flow('refresh_token'),
    clientId,
    clientSecret: clientSecret.optional(),
    refreshToken: secret('the refresh token'),
  }),
  strictShape({
    flow: flow('password'),
    clientId,
    clientSecret,
    username,
    password: secret("the user's password"),
    securityToken: text("the user's security token; not needed from a trusted IP range").optional(),
  }),
  strictShape({ flow: flow('access_token'), accessToken: secret('the access token') }),
] as const

const AUTH_EXAMPLE = '{ flow: client_credentials, clientId: "${SF_CLIENT_ID}", clientSecret: "${SF_CLIENT_SECRET}" }'

const authSchema = z
  .discriminatedUnion('flow', authFlows, {
    error: issue => (isObject(issue.input) ? undefined : `expected a mapping such as ${AUTH_EXAMPLE}`),
  })
  .describe('The OAuth flow and its credentials')

/** An address as people copy it from a browser: `orgAddress` corrects it, or its message explains the mistake. */
function orgUrl(what: string) {
  return text(what).superRefine((value, context) => {
    const address = orgAddress(value)
    if ('problem' in address) context.addIssue({ code: 'custom', message: address.problem, params: ADD_GIVEN })
  })
}

/** Turns the proxy off, also one of the environment. */
export const NO_PROXY = 'none'

const PROXY_WORDS =
  'the HTTP proxy for requests to the org, like http://user:${PROXY_PASSWORD}@proxy.acme.com:3128, or none'

const proxy = text(PROXY_WORDS).superRefine((value, context) => {
  if (value === NO_PROXY || isProxyAddress(value)) return
  const message = `is not a valid proxy URL; give ${PROXY_WORDS}; percent-encode special characters of a password`
  // The value is not shown: it may hold a password in any place.
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

/** Limits of all runs and workers together. */
const budget = strictShape(
  {
    ingestJobs: wholeNumber('the number of ingest jobs that Salesforce processes at a time', 1, 100).optional(),
    requests: wholeNumber('the number of collection requests in flight', 1, 100).optional(),
    apiReserve: share('the share of the API calls of 24 hours that is left to others, like 20%', '20%')
      .refine(written => shareOf(written) < 1, {
        error: 'leaves runs no API call; give less than 100%',
        params: ADD_GIVEN,
      })
      .optional(),
  },
  '{ ingestJobs: 5, requests: 10, apiReserve: 20% }',
).describe('What all runs and workers together may use of the org')

const TIMEOUT_BOUNDS = ['1s', '1h'] as const

export const connectionSchema = strictShape(
  {
    loginUrl: orgUrl("the URL to log in at: the org's My Domain, like https://acme.my.salesforce.com").optional(),
    instanceUrl: orgUrl('the URL of the org; required with the flow access_token').optional(),
    apiVersion: z
      .union([z.string(), z.number()])
      .refine(version => /^(latest|\d+(\.0)?)$/.test(String(version)), {
        error: 'is not a valid API version; use latest, or a version like "67.0" without v',
        params: ADD_GIVEN,
      })
      .optional()
      .describe('The API version, like "67.0"; the newest of the org when left out'),
    auth: authSchema,
    proxy: proxy.optional(),
    requestTimeout: time(
      'the time for one request with its whole answer; for an upload, without progress',
      '10m',
      TIMEOUT_BOUNDS,
    ).optional(),
    stallTimeout: time('the time that a download may receive nothing', '2m', TIMEOUT_BOUNDS).optional(),
    budget: budget.optional(),
    maxConcurrentRequests: wholeNumber('the number of requests at a time', 1, 100).optional(),
  },
  `{ loginUrl: https://acme.my.salesforce.com, auth: ${AUTH_EXAMPLE} }`,
)

/** A rule between the keys of a connection that is broken: the key to correct, and the message. */
export function connectionProblem(
  connection: WrittenConnection,
): { readonly key: string; readonly message: string } | undefined {
  const { flow } = connection.auth
  const example = 'set it, like https://acme.my.salesforce.com'
  const login = connection.loginUrl ?? connection.instanceUrl
  const generalHost = login === undefined || GENERAL_LOGIN_HOSTS.some(host => originOf(login) === `https://${host}`)
  if (flow === 'client_credentials' && generalHost) {
    return { key: 'loginUrl', message: `the flow client_credentials requires the org's My Domain; ${example}` }
  }
  if (flow === 'access_token' && connection.instanceUrl === undefined) {
    return {
      key: 'instanceUrl',
      message: `is missing: the flow access_token does not return the URL of the org; ${example}`,
    }
  }
  return undefined
}

/** The corrected address. Its problems are reported before, by the schema. */
export function originOf(written: string): string {
  const address = orgAddress(written)
  return 'origin' in address ? address.origin : written
}

export type WrittenConnection = z.output<typeof connectionSchema>
export type WrittenAuth = z.output<typeof authSchema>
