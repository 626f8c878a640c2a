import { isObject } from '../../../packages/client/contract/issues.ts'
import { parseJson } from '../../http/body.ts'
import { Secret, withoutSecrets } from '../../http/secret.ts'
import { LoginRejectedError, TemporarilyRejectedError } from '../errors.ts'
import type { LoginPlace, Session, TokenForm } from './authFlow.ts'

export const TOKEN_PATH = '/services/oauth2/token'

export type TokenAnswer = { readonly statusCode: number; readonly text: string; readonly location?: string }

/** The form as it is posted. The only place that reveals credentials. */
export function encodeTokenForm(form: TokenForm): string {
  const pairs = Object.entries(form).map(([key, value]): [string, string] => [
    key,
    value instanceof Secret ? value.reveal() : value,
  ])
  return new URLSearchParams(pairs).toString()
}

/** Secrets of the form itself, such as a signed assertion. */
export const secretsOf = (form: TokenForm): readonly Secret[] =>
  Object.values(form).filter(value => value instanceof Secret)

function sessionOf(body: unknown): Session | undefined {
  if (!isObject(body)) return undefined
  const { access_token: token, instance_url: instanceUrl, id } = body
  if (typeof token !== 'string' || typeof instanceUrl !== 'string' || !URL.canParse(instanceUrl)) return undefined
  return {
    accessToken: new Secret(token),
    instanceUrl: new URL(instanceUrl).origin,
    ...(typeof id === 'string' && { identityUrl: id }),
  }
}

/**
 * Reads the token endpoint's answer.
 * Throws LoginRejectedError for a rejection or an answer that is not Salesforce's, TemporarilyRejectedError for 5xx.
 */
export function readTokenAnswer(
  answer: TokenAnswer,
  place: LoginPlace & { readonly flow: string },
  secrets: readonly Secret[],
): Session {
  const { statusCode } = answer
  const body = parseJson(answer.text)
  const session = statusCode === 200 ? sessionOf(body) : undefined
  if (session) return session
  const host = new URL(place.loginUrl).host
  if (statusCode >= 500 || statusCode === 429) {
    throw new TemporarilyRejectedError({
      action: `Login of connection ${place.connection}`,
      method: 'POST',
      path: TOKEN_PATH,
      statusCode,
      errorCode: `HTTP_${statusCode}`,
      detail: `${host} has an internal error`,
      fields: [],
      advice: 'Try again later',
    })
  }
  const rejected = { connection: place.connection, flow: place.flow, host, statusCode }
  if (isObject(body) && typeof body['error'] === 'string') {
    const description = typeof body['error_description'] === 'string' ? body['error_description'] : 'no reason given'
    const errorCode = withoutSecrets(body['error'], secrets)
    const detail = withoutSecrets(description, secrets)
    throw new LoginRejectedError({ ...rejected, errorCode, detail, advice: loginAdvice(errorCode, detail) })
  }
  const elsewhere = answer.location === undefined ? '' : `, and points to ${hostOf(answer.location)}`
  throw new LoginRejectedError({
    ...rejected,
    errorCode: `HTTP_${statusCode}`,
    detail: `the answer is not one of Salesforce's token endpoint${elsewhere}`,
    advice: "Check loginUrl: it is the org's My Domain, e.g. https://acme.my.salesforce.com",
  })
}

const hostOf = (location: string): string => (URL.canParse(location) ? new URL(location).host : 'another path')

type Advice = { readonly error?: string; readonly description?: RegExp; readonly advice: string }

/**
 * What to do about each rejection of the token endpoint. The first matching row applies, so descriptions come before bare errors.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm
 */
const ADVICE: readonly Advice[] = [
  {
    description: /expired access\/refresh token/,
    advice: 'The refresh token was revoked or has expired: authorise the app again and give its new refreshToken',
  },
  {
    description: /hasn't approved this consumer/,
    advice: 'Let an admin pre-authorise the app for this user (policy "Admin approved users", with a permission set)',
  },
  {
    description: /audience/i,
    advice: 'Set auth.audience to https://login.salesforce.com, or https://test.salesforce.com for a sandbox',
  },
  {
    description: /invalid assertion/,
    advice: "Check that privateKey belongs to the certificate uploaded to the app, and this machine's clock",
  },
  {
    description: /no client credentials user/,
    advice: 'Let an admin enter a "Run As" user in the client credentials policy of the app',
  },
  {
    description: /client credentials flow not enabled/,
    advice: 'Let an admin enable the client credentials flow in the settings of the app',
  },
  {
    description: /not supported on this domain/,
    advice: "Set loginUrl to the org's My Domain, e.g. https://acme.my.salesforce.com",
  },
  {
    description: /ip restricted/,
    advice: 'Let an admin trust the address of this machine, or relax the IP policy of the app',
  },
  {
    description: /user is locked/,
    advice: 'Let an admin unlock the user, and correct the password before the next run',
  },
  { description: /inactive user/, advice: 'Let an admin activate the user, or give another one' },
  {
    description: /not admin approved/,
    advice: 'Let an admin approve the app for this user by a permission set or profile',
  },
  { description: /rate exceeded/, advice: 'Wait an hour: a user may log in 3,600 times an hour' },
  { error: 'invalid_app_access', advice: 'Let an admin approve the app for this user by a permission set or profile' },
  {
    error: 'invalid_client_id',
    advice: "Check clientId: it is the app's Consumer Key, and new apps take 10 minutes to become available",
  },
  { error: 'invalid_client', advice: "Check clientSecret: it is the app's Consumer Secret" },
  { error: 'invalid_client_credentials', advice: "Check clientSecret: it is the app's Consumer Secret" },
  {
    error: 'unsupported_grant_type',
    advice: 'Let an admin enable this flow for the app and the org, or choose another auth.flow',
  },
  { error: 'inactive_user', advice: 'Let an admin activate the user, or give another one' },
  { error: 'inactive_org', advice: 'The org is closed or suspended: check loginUrl, or ask Salesforce' },
  { error: 'rate_limit_exceeded', advice: 'Wait an hour: a user may log in 3,600 times an hour' },
  {
    error: 'invalid_grant',
    advice:
      "Check user, password, security token and loginUrl; the org's Login History has details (it also names a blocked flow). " +
      'Do not just run it again: repeated failures lock the user',
  },
]

const GENERAL_ADVICE = "Check the connection's auth settings against the app; the org's Login History has details"

/** What the user should do about a rejected login. */
export function loginAdvice(error: string, description: string): string {
  const row = ADVICE.find(
    ({ error: code, description: text }) =>
      (code === undefined || code === error) && (text === undefined || text.test(description)),
  )
  return row?.advice ?? GENERAL_ADVICE
}
