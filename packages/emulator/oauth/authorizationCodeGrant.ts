import { appWithId } from './appOfRequest.ts'
import { invalidGrant } from './oauthRejection.ts'
import type { Grant } from './types.ts'

/** The browser flow's last step. The emulator has no consent page that issues codes, so no code is valid. */
export const authorizationCodeGrant: Grant = ({ form }, state) => {
  appWithId(state, form.get('client_id'))
  throw invalidGrant('invalid authorization code')
}
