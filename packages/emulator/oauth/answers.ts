import { OAuthRejection } from './oauthRejection.ts'
import type { OAuthAnswer } from './types.ts'

const JSON_HEADERS = {
  'content-type': 'application/json;charset=UTF-8',
  'cache-control': 'no-store',
  pragma: 'no-cache',
} as const

export function jsonAnswer(status: number, body: unknown): OAuthAnswer {
  return {
    status,
    headers: JSON_HEADERS,
    body: JSON.stringify(body),
  }
}

/** Rethrows any other error: it is a bug in the emulator. */
export function rejectionAnswer(error: unknown): OAuthAnswer {
  if (!(error instanceof OAuthRejection)) throw error
  return jsonAnswer(400, { error: error.error, error_description: error.description })
}

/** The token of an `Authorization: Bearer …` or `OAuth …` header, or '' without one. */
export function bearerToken(authorization: string | undefined): string {
  return /^(?:Bearer|OAuth) +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
}
