import type { Caller } from './callers.ts'
import { LoginHistory } from './oauth/loginHistory.ts'
import { RefreshTokens } from './oauth/refreshTokens.ts'
import { Sessions } from './oauth/sessions.ts'
import type { EmulatedApp, EmulatedUser, OAuthState } from './oauth/types.ts'
import type { AppDeclaration, EmulatorOptions, UserDeclaration } from './options.ts'
import type { Org } from './records/org.ts'
import { fullAccess, restrictedAccess } from './schema/access.ts'
import { insertPermissions, insertUser } from './seedOrg.ts'

/** The users of an org, for the token endpoint and for the API. */
export type OrgUsers = { readonly users: readonly EmulatedUser[]; readonly callers: readonly Caller[] }

/** Creates the users' records and permissions. */
export function createUsers(org: Org, declarations: readonly UserDeclaration[], now: number): OrgUsers {
  const known = declarations.map((declaration, place) => {
    const {
      username,
      firstName = 'Integration',
      lastName = 'User',
      email = username,
      access,
      hardDelete = false,
      ...login
    } = declaration
    const id = insertUser(org, { username, firstName, lastName, email, isActive: login.isActive ?? true }, now)
    insertPermissions(org, place, { hardDelete }, now)
    return {
      user: { ...login, id, username, firstName, lastName, email },
      caller: {
        place,
        id,
        username,
        hardDelete,
        access: access === undefined ? fullAccess() : restrictedAccess(access),
      },
    }
  })
  return { users: known.map(({ user }) => user), callers: known.map(({ caller }) => caller) }
}

function createApp(declaration: AppDeclaration, users: readonly EmulatedUser[], ownKey: string): EmulatedApp {
  const { runAs, approvedUsers, consentedUsers, ...app } = declaration
  const idOf = (username: string): string => {
    const user = users.find(known => known.username.toLowerCase() === username.toLowerCase())
    if (user !== undefined) return user.id
    throw new Error(
      `App ${declaration.name} names a user that the emulator does not have: ${username}. Users: ${users.map(known => known.username).join(', ')}`,
    )
  }
  return {
    certificate: ownKey,
    clientCredentials: runAs !== undefined,
    ...app,
    scopes: app.scopes ?? ['api', 'refresh_token'],
    ...(runAs !== undefined && { runAsUserId: idOf(runAs) }),
    ...(approvedUsers !== undefined && { approvedUserIds: approvedUsers.map(idOf) }),
    ...(consentedUsers !== undefined && { consentedUserIds: consentedUsers.map(idOf) }),
  }
}

/** The state of the token endpoint. `ownKey` checks the assertions of apps without a certificate. */
export function createOAuthState(
  organizationId: string,
  users: readonly EmulatedUser[],
  apps: readonly AppDeclaration[],
  options: EmulatorOptions & { readonly ownKey: string; readonly clock: () => number },
): Omit<OAuthState, 'instanceUrl' | 'loginUrl' | 'audiences'> {
  return {
    organizationId,
    loginHosts: options.loginHosts ?? [],
    passwordFlowAllowed: options.passwordFlowAllowed ?? true,
    addressTrusted: options.addressTrusted ?? false,
    users,
    apps: apps.map(app => createApp(app, users, options.ownKey)),
    sessions: new Sessions(organizationId, options.clock),
    refreshTokens: new RefreshTokens(),
    logins: new LoginHistory(),
    now: options.clock,
  }
}
