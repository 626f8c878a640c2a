/** Thrown when the token endpoint refuses a request; becomes HTTP 400 with `error` and `error_description`. */
export class OAuthRefusal extends Error {
  override name = 'OAuthRefusal' as const
  readonly error: string
  readonly description: string

  constructor(error: string, description: string) {
    super(`${error}: ${description}`)
    this.error = error
    this.description = description
  }
}

export const invalidGrant = (description: string): OAuthRefusal => new OAuthRefusal('invalid_grant', description)
