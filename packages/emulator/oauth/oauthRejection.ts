/** Thrown when the token endpoint rejects a request; becomes HTTP 400 with `error` and `error_description`. */
export class OAuthRejection extends Error {
  override name = 'OAuthRejection' as const
  readonly error: string
  readonly description: string

  constructor(error: string, description: string) {
    super(`${error}: ${description}`)
    this.error = error
    this.description = description
  }
}

export function invalidGrant(description: string): OAuthRejection {
  return new OAuthRejection('invalid_grant', description)
}
