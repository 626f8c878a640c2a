import { isObject } from '../../../packages/client/contract/issues.ts'
import { isLoopback } from '../../http/agents.ts'
import { Secret, withoutSecrets } from '../../http/secret.ts'
import { readJson } from '../answerForm.ts'
import { LimitReachedError, LoginRejectedError, type RejectionFacts, TemporarilyRejectedError } from '../errors.ts'
import { isSalesforceHost, locationHost } from '../orgAddress.ts'
import { orgCode, orgWords } from '../rejections.ts'
import type { LoginPlace, Session, TokenForm } from './authFlow.ts'
import { loginAdvice, type TokenError } from './loginAdvice.ts'

export const TOKEN_PATH = '/services/oauth2/token'

export type TokenAnswer = {
  readonly statusCode: number
  readonly contentType: string
  readonly text: string
  readonly location?: string
}

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

type Login = LoginPlace & { readonly flow: string }

/** Visible ASCII: anything else cannot be sent in a header. */
const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,10000}$/.test(value)

function sessionOf(body: unknown, login: Login): Session | undefined {
  if (!isObject(body) || !isToken(body['access_token'])) return undefined
  const { access_token: token, instance_url: address, refresh_token: refreshToken, id } = body
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined
  return {
    accessToken: new Secret(token),
    instanceUrl: login.instanceUrl ?? checkedOrigin(new URL(address), login),
    ...(typeof id === 'string' && { identityUrl: id }),
    ...(isToken(refreshToken) && { refreshToken: new Secret(refreshToken) }),
  }
}

const UNSPECIFIED_HOSTS: readonly string[] = ['0.0.0.0', '[::]']

/** The token is sent to this address, so it must belong to Salesforce or be where the login was sent. */
function checkedOrigin(address: URL, login: Login): string {
  const home = new URL(login.loginUrl)
  // No host has this address: a server that listens everywhere may name it.
  if (UNSPECIFIED_HOSTS.includes(address.hostname)) return home.origin
  const ofSalesforce = address.protocol === 'https:' && isSalesforceHost(address.hostname)
  const sameHost = address.hostname === home.hostname || (isLoopback(address.hostname) && isLoopback(home.hostname))
  const asSecure = address.protocol === home.protocol || address.protocol === 'https:'
  if (ofSalesforce || (sameHost && asSecure)) return address.origin
  throw new LoginRejectedError({
    ...rejectionOf(login),
    statusCode: 200,
    errorCode: 'INSTANCE_URL_REJECTED',
    detail: `the login names ${orgCode(address.origin)} as the address of the org, which is neither an https: address of Salesforce nor the host of loginUrl`,
    advice: 'Check loginUrl; if the address is right, set instanceUrl to it',
  })
}

const rejectionOf = ({ connection, flow, loginUrl }: Login) => ({ connection, flow, host: new URL(loginUrl).host })

/**
 * Reads the token endpoint's answer.
 * Throws LoginRejectedError when the org rejects the login, LimitReachedError when the user has logged in too often, TemporarilyRejectedError when
 * the endpoint did not decide: 5xx, a page, a redirect, a cut or empty body, with any status.
 */
export function readTokenAnswer(answer: TokenAnswer, login: Login, secrets: readonly Secret[]): Session {
  const { statusCode } = answer
  const { body } = readJson(answer)
  const session = statusCode === 200 ? sessionOf(body, login) : undefined
  if (session) return session
  const stated = statedError(body, login, secrets)
  if (stated === undefined || statusCode >= 500 || statusCode === 429) throw undecided(answer, login, stated)
  const { error, description } = stated
  const consequence = CONSEQUENCES.find(({ words }) => words.test(`${error} ${description}`))
  if (consequence) {
    const { Consequence, advice } = consequence
    throw new Consequence({ ...factsOf(login, statusCode), errorCode: error, detail: description, advice })
  }
  const advice = loginAdvice(stated)
  throw new LoginRejectedError({ ...rejectionOf(login), statusCode, errorCode: error, detail: description, advice })
}

/** The error in Salesforce's own words; undefined when the answer has none. */
function statedError(body: unknown, { flow }: Login, secrets: readonly Secret[]): TokenError | undefined {
  if (!isObject(body) || typeof body['error'] !== 'string') return undefined
  const given = body['error_description']
  return {
    error: orgCode(withoutSecrets(body['error'], secrets)),
    description: orgWords(withoutSecrets(typeof given === 'string' ? given : 'no reason given', secrets)),
    flow,
  }
}

type TransientRejection = {
  readonly words: RegExp
  readonly Consequence: new (facts: RejectionFacts) => LimitReachedError | TemporarilyRejectedError
  readonly advice: string
}

/** Rejections that pass by themselves: none of them says anything about the credentials. */
const CONSEQUENCES: readonly TransientRejection[] = [
  {
    words: /rate.(limit.)?exceeded/i,
    Consequence: LimitReachedError,
    advice: 'A user may log in 3,600 times an hour: the login is tried again every ten minutes',
  },
  {
    words: /maintenance/i,
    Consequence: LimitReachedError,
    advice: 'The org is in maintenance: the login is tried again every ten minutes',
  },
  {
    words: /retry your request|^(server_error|temporarily_unavailable) /i,
    Consequence: TemporarilyRejectedError,
    advice: "It is retried; if it persists, check the org's status at status.salesforce.com",
  },
]

function undecided(answer: TokenAnswer, login: Login, stated: TokenError | undefined): TemporarilyRejectedError {
  const { statusCode, location } = answer
  const { host } = new URL(login.loginUrl)
  const instead = readJson(answer).instead ?? 'JSON that is not of a token endpoint'
  const place = location === undefined ? '' : ` and a redirect to ${locationHost(location)}`
  return new TemporarilyRejectedError({
    ...factsOf(login, statusCode),
    errorCode: stated?.error ?? `HTTP_${statusCode}`,
    detail: stated?.description ?? `${host} answered with ${instead}${place}`,
    advice:
      "It is retried; if it persists, check loginUrl: it is the org's My Domain, like https://acme.my.salesforce.com",
  })
}

const factsOf = ({ connection }: Login, statusCode: number) => ({
  action: `Login of connection ${connection}`,
  method: 'POST',
  path: TOKEN_PATH,
  statusCode,
  fields: [],
})
