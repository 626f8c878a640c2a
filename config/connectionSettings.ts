// Turns a written connection into settings: wraps secrets, reads the key file.

import { resolve } from 'node:path'
import { isLoopback, type ProxyChoice } from '../loader/http/agents.ts'
import type { HttpProxy } from '../loader/http/proxyTunnel.ts'
import { Secret } from '../loader/http/secret.ts'
import type { AuthSettings } from '../loader/salesforce/auth/flows.ts'
import type { OrgBudget } from '../loader/salesforce/salesforceConnection.ts'
import type { ConnectionSettings } from '../loader/salesforce/settings.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import { present } from '../packages/client/contract/scalars.ts'
import { readBounded } from './boundedFile.ts'
import { isProxyAddress, NO_PROXY, originOf, type WrittenAuth, type WrittenConnection } from './connectionSchema.ts'
import { environmentProxy } from './environmentProxy.ts'
import { EnvironmentError } from './problems.ts'
import { shareOf } from './schemaWords.ts'

/** Thrown when the file of the private key cannot be read. Caught in configuration.ts, which adds the position. */
export class PrivateKeyFileError extends LinkError {
  override readonly name = 'PrivateKeyFileError' as const
  readonly kind = 'usage' as const
}

/**
 * Throws PrivateKeyFileError.
 * @param keyFileOptional whether the key file may be missing: for commands that do not log in
 */
export async function connectionSettings(
  name: string,
  written: WrittenConnection,
  baseDirectory: string,
  keyFileOptional: boolean,
): Promise<ConnectionSettings> {
  const { auth, apiVersion, proxy, loginUrl, instanceUrl, budget, ...rest } = written
  return {
    name,
    ...present(rest),
    ...(budget === undefined ? {} : { budget: orgBudget(budget) }),
    ...present({ loginUrl: loginUrl && originOf(loginUrl), instanceUrl: instanceUrl && originOf(instanceUrl) }),
    apiVersion: versionText(apiVersion ?? 'latest'),
    proxyFor: proxyChoice(proxy),
    auth: await authSettings(auth, path => readPrivateKey(resolve(baseDirectory, path), keyFileOptional)),
  }
}

function orgBudget({ apiReserve, ...rest }: NonNullable<WrittenConnection['budget']>): OrgBudget {
  return { ...present(rest), ...(apiReserve === undefined ? {} : { apiReserve: shareOf(apiReserve) }) }
}

/** YAML reads 67.0 without quotes as the number 67. */
const versionText = (written: string | number): string =>
  /^\d+$/.test(String(written)) ? `${written}.0` : String(written)

async function authSettings(auth: WrittenAuth, readKey: (path: string) => Promise<string>): Promise<AuthSettings> {
  switch (auth.flow) {
    case 'client_credentials':
      return { ...auth, clientSecret: new Secret(auth.clientSecret) }
    case 'jwt_bearer': {
      const { privateKeyFile, privateKey, audience, ...rest } = auth
      const key = privateKey ?? (await readKey(privateKeyFile ?? ''))
      return { ...rest, privateKey: new Secret(key), ...present({ audience }) }
    }
    case 'refresh_token': {
      const { clientSecret, refreshToken, ...rest } = auth
      const secret = clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }
      return { ...rest, ...secret, refreshToken: new Secret(refreshToken) }
    }
    case 'password': {
      const { clientSecret, password, securityToken, ...rest } = auth
      const token = securityToken === undefined ? {} : { securityToken: new Secret(securityToken) }
      return { ...rest, clientSecret: new Secret(clientSecret), password: new Secret(password), ...token }
    }
    case 'access_token':
      return { ...auth, accessToken: new Secret(auth.accessToken) }
  }
}

async function readPrivateKey(path: string, optional: boolean): Promise<string> {
  try {
    return (await readBounded(path)).toString('utf8')
  } catch (error) {
    if (optional) return ''
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'the file does not exist' : `it cannot be read (${code})`
    throw new PrivateKeyFileError(`${path}: ${reason}; give the PEM file with the private key, relative to sflink.yaml`)
  }
}

/**
 * The proxy of a connection: the written one, else that of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. An org on this
 * machine is an emulated org, which the environment's proxy cannot reach.
 * The choice throws EnvironmentError when the environment names a proxy that is not valid.
 */
export function proxyChoice(written: string | undefined): ProxyChoice {
  if (written === NO_PROXY) return () => undefined
  if (written !== undefined) {
    const proxy = proxyAt(written)
    return () => proxy
  }
  return url => (isLoopback(url.hostname) ? undefined : proxyOfEnvironment(url))
}

function proxyOfEnvironment(url: URL): HttpProxy | undefined {
  const address = environmentProxy(url, process.env)
  if (address === undefined) return undefined
  if (isProxyAddress(address)) return proxyAt(address)
  throw new EnvironmentError(
    `The proxy of the environment for ${url.host} cannot be used: it is not an http: or https: URL of a proxy. ` +
      'Set HTTPS_PROXY like http://user:password@proxy.acme.com:3128 (percent-encode special characters), or name the host in NO_PROXY',
  )
}

function proxyAt(address: string): HttpProxy {
  const { origin, username, password } = new URL(address)
  if (username === '' && password === '') return { origin }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { origin, authorization: new Secret(`Basic ${Buffer.from(pair).toString('base64')}`) }
}
