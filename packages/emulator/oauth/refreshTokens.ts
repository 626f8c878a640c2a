import { randomBytes } from 'node:crypto'

/** The user and the app of a refresh token. */
export type RefreshToken = { readonly token: string; readonly userId: string; readonly appId: string }

function opaqueToken() {
  return `5Aep861${randomBytes(57).toString('base64url').replaceAll('-', '.')}`
}

/** The refresh tokens of the org. They do not expire by themselves. */
export class RefreshTokens {
  readonly #live = new Map<string, RefreshToken>()

  /** Issues a new token, as the consent page of a browser flow does, or the given one. */
  issue(userId: string, appId: string, token = opaqueToken()): RefreshToken {
    const issued = { token, userId, appId }
    this.#live.set(token, issued)
    return issued
  }

  find(token: string): RefreshToken | undefined {
    return this.#live.get(token)
  }

  /** Revokes a token. Returns its user and app, or undefined when it did not exist. */
  revoke(token: string): RefreshToken | undefined {
    const known = this.#live.get(token)
    this.#live.delete(token)
    return known
  }
}
