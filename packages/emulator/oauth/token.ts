import { jsonAnswer, rejectionAnswer } from './answers.ts'
import { appWithId } from './appOfRequest.ts'
import { clientCredentialsGrant } from './clientCredentialsGrant.ts'
import { jwtBearerGrant } from './jwtBearerGrant.ts'
import { invalidGrant, OAuthRejection } from './oauthRejection.ts'
import { passwordGrant } from './passwordGrant.ts'
import { refreshTokenGrant } from './refreshTokenGrant.ts'
import type { Grant, OAuthAnswer, OAuthRequest, OAuthState } from './types.ts'

/** The browser flow's last step. The emulator has no consent page that issues codes, so no code is valid. */
const authorizationCodeGrant: Grant = ({ form }, state) => {
  appWithId(state, form.get('client_id'))
  throw invalidGrant('invalid authorization code')
}

const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['password', passwordGrant],
  ['client_credentials', clientCredentialsGrant],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', jwtBearerGrant],
  ['refresh_token', refreshTokenGrant],
  ['authorization_code', authorizationCodeGrant],
])

/**
 * Answers `POST /services/oauth2/token`: 200 with a token, or 400 with `error` and `error_description`.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_endpoints.htm
 */
export async function handleToken(
  form: URLSearchParams,
  request: OAuthRequest,
  state: OAuthState,
): Promise<OAuthAnswer> {
  try {
    const grant = GRANTS.get(form.get('grant_type') ?? '')
    if (grant === undefined) throw new OAuthRejection('unsupported_grant_type', 'grant type not supported')
    return jsonAnswer(200, await grant({ ...request, form }, state))
  } catch (error) {
    return rejectionAnswer(error)
  }
}
