import { isObject } from '../../../packages/client/contract/issues.ts'
import { parseJson } from '../../http/body.ts'
import { Secret, withoutSecrets } from '../../http/secret.ts'
import { LoginRejectedError, TemporarilyRejectedError } from '../errors.ts'
import type { LoginPlace, Session, TokenForm } from './authFlow.ts'
import { loginAdvice } from './loginRejections.ts'

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
