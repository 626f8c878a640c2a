import { authenticatedApp } from './appOfRequest.ts'
import { logIn } from './logIn.ts'
import { invalidGrant } from './oauthRejection.ts'
import { tokenParts } from './tokenBodies.ts'
import type { Grant } from './types.ts'

const API_INSTANCE_URL = 'https://api.salesforce.com'

/**
 * The client credentials flow: no user logs in, the app runs as the user that its admin selected. Only the My Domain host answers it.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm
 */
export const clientCredentialsGrant: Grant = ({ form, ...request }, state) => {
  if (state.loginHosts.includes(request.host)) throw invalidGrant('request not supported on this domain')
  const app = authenticatedApp(form, request, state)
  if (app.clientCredentials !== true) throw invalidGrant('client credentials flow not enabled')
  const user = state.users.find(known => known.id === app.runAsUserId)
  if (user === undefined) throw invalidGrant('no client credentials user enabled')
  const { access_token, signature, scope, instance_url, id, token_type, issued_at } = tokenParts(
    state,
    app,
    logIn(state, user, app, 'client_credentials'),
  )
  const api_instance_url = API_INSTANCE_URL
  return { access_token, signature, scope, instance_url, id, token_type, issued_at, api_instance_url }
}
