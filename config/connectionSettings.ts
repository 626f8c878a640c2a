// Turns a written connection into settings: wraps secrets, reads the key file.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Secret } from '../loader/http/secret.ts'
import type { AuthSettings } from '../loader/salesforce/auth/flows.ts'
import type { ConnectionSettings } from '../loader/salesforce/settings.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import type { WrittenAuth, WrittenConnection } from './connectionSchema.ts'
import { proxyChoice } from './proxyChoice.ts'

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
  const { auth, apiVersion, proxy, ...rest } = written
  return {
    name,
    ...withoutUndefined(rest),
    apiVersion: versionText(apiVersion ?? 'latest'),
    proxyFor: proxyChoice(proxy),
    auth: await authSettings(auth, path => readPrivateKey(resolve(baseDirectory, path), keyFileOptional)),
  }
}

/** YAML reads 67.0 without quotes as the number 67. */
function versionText(written: string | number): string {
  return /^\d+$/.test(String(written)) ? `${written}.0` : String(written)
}

async function authSettings(auth: WrittenAuth, readKey: (path: string) => Promise<string>): Promise<AuthSettings> {
  switch (auth.flow) {
    case 'client_credentials':
      return { ...auth, clientSecret: new Secret(auth.clientSecret) }
    case 'jwt_bearer': {
      const { privateKeyFile, privateKey, audience, ...rest } = auth
      const key = privateKey ?? (await readKey(privateKeyFile ?? ''))
      return { ...rest, privateKey: new Secret(key), ...(audience === undefined ? {} : { audience }) }
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
    return await readFile(path, 'utf8')
  } catch (error) {
    if (optional) return ''
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'the file does not exist' : `it cannot be read (${code})`
    throw new PrivateKeyFileError(`${path}: ${reason}; give the PEM file with the private key, relative to sflink.yaml`)
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** Removes undefined values: exactOptionalPropertyTypes requires absent keys. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>
}
