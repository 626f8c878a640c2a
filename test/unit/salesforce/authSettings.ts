import { afterAll, afterEach } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import type { AuthFlowName, AuthSettings } from '../../../loader/salesforce/auth/flows.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import type { ConnectionSettings } from '../../../loader/salesforce/settings.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../packages/emulator/index.ts'

/** A wrong credential, which must not be printed either. */
export const WRONG_SECRET = 'wrong-but-still-secret'

type FlowCase = {
  readonly right: (emulator: Emulator) => AuthSettings
  readonly wrong: (emulator: Emulator) => AuthSettings
  /** Absent where only the first request detects wrong credentials. */
  readonly rejection?: { readonly errorCode: string; readonly advice: RegExp }
}

const wrongSecret = new Secret(WRONG_SECRET)

/** The settings of each flow for an emulated org, valid and invalid. */
export const FLOW_CASES: Readonly<Record<AuthFlowName, FlowCase>> = {
  client_credentials: {
    right: ({ credentials: { clientId, clientSecret } }) => ({
      flow: 'client_credentials',
      clientId,
      clientSecret: new Secret(clientSecret),
    }),
    wrong: ({ credentials: { clientId } }) => ({ flow: 'client_credentials', clientId, clientSecret: wrongSecret }),
    rejection: { errorCode: 'invalid_client', advice: /Check clientSecret/ },
  },
  jwt_bearer: {
    right: ({ credentials: { clientId, username, privateKey } }) => ({
      flow: 'jwt_bearer',
      clientId,
      username,
      privateKey: new Secret(privateKey),
    }),
    wrong: ({ credentials: { clientId, username } }) => ({
      flow: 'jwt_bearer',
      clientId,
      username,
      privateKey: wrongSecret,
    }),
    rejection: { errorCode: 'INVALID_PRIVATE_KEY', advice: /RSA key as unencrypted PEM/ },
  },
  refresh_token: {
    right: ({ credentials: { clientId, clientSecret, refreshToken } }) => ({
      flow: 'refresh_token',
      clientId,
      clientSecret: new Secret(clientSecret),
      refreshToken: new Secret(refreshToken),
    }),
    wrong: ({ credentials: { clientId, clientSecret } }) => ({
      flow: 'refresh_token',
      clientId,
      clientSecret: new Secret(clientSecret),
      refreshToken: wrongSecret,
    }),
    rejection: { errorCode: 'invalid_grant', advice: /authorise the app again/ },
  },
  password: {
    right: ({ credentials: { clientId, clientSecret, username, password, securityToken } }) => ({
      flow: 'password',
      clientId,
      clientSecret: new Secret(clientSecret),
      username,
      password: new Secret(password),
      securityToken: new Secret(securityToken),
    }),
    wrong: ({ credentials: { clientId, clientSecret, username } }) => ({
      flow: 'password',
      clientId,
      clientSecret: new Secret(clientSecret),
      username,
      password: wrongSecret,
    }),
    rejection: { errorCode: 'invalid_grant', advice: /repeated failures lock the user/ },
  },
  access_token: {
    right: ({ credentials: { accessToken } }) => ({ flow: 'access_token', accessToken: new Secret(accessToken) }),
    wrong: () => ({ flow: 'access_token', accessToken: wrongSecret }),
  },
}

export const settingsFor = (emulator: Emulator, auth: AuthSettings): ConnectionSettings => ({
  name: 'emulated',
  instanceUrl: emulator.url,
  apiVersion: 'latest',
  auth,
  clientName: 'SalesforceLink/test',
})

/** A connection to the emulated org by client credentials. */
export const connectToEmulator = (emulator: Emulator, settings: Partial<ConnectionSettings> = {}) =>
  createSalesforceConnection({
    ...settingsFor(emulator, FLOW_CASES.client_credentials.right(emulator)),
    ...settings,
  })

/** An emulated org for the test file that calls it. Its faults are removed after each test. */
export async function fileEmulator(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options)
  afterEach(() => emulator.faults.clear())
  afterAll(() => emulator.close())
  return emulator
}
