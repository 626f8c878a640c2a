// The orgs that imported loads write into, each once.
import { isDeepStrictEqual } from 'node:util'
import { GENERAL_LOGIN_HOSTS, orgAddress } from '../../loader/salesforce/orgAddress.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { ImportedConnection, ImportedProxy, ImportPlaces } from './imported.ts'

export type Org = {
  /** As its file has it; `https://login.salesforce.com/services/Soap/u/60.0` */
  readonly address: string
  readonly username?: string | undefined
  readonly proxy?: ImportedProxy | undefined
}

export type ImportedOrgs = {
  /** The name of the connection to an org. */
  connectionTo(org: Org): string
  connections(): readonly ImportedConnection[]
}

export function collectOrgs({ connection: given, loginUrl }: ImportPlaces): ImportedOrgs {
  const found: { readonly org: Org; readonly connection: ImportedConnection }[] = []
  return {
    connectionTo(org) {
      if (given !== undefined) return given
      const known = found.find(other => isDeepStrictEqual(other.org, org))
      if (known !== undefined) return known.connection.name
      const connection = connectionOf(
        org,
        found.map(other => other.connection.name),
        loginUrl,
      )
      found.push({ org, connection })
      return connection.name
    },
    connections: () => found.map(({ connection }) => connection),
  }
}

function connectionOf(
  { address, username, proxy }: Org,
  names: readonly string[],
  loginUrl: string | undefined,
): ImportedConnection {
  const read = orgAddress(address)
  const origin = 'origin' in read ? read.origin : address
  const isGeneral = 'problem' in read || GENERAL_LOGIN_HOSTS.some(host => origin === `https://${host}`)
  const wanted = /^https:\/\/test\.|\.sandbox\.|--/.test(origin) ? 'sandbox' : 'production'
  const same = names.filter(name => name.replace(/-\d+$/, '') === wanted).length
  return {
    name: same === 0 ? wanted : `${wanted}-${same + 1}`,
    origin,
    ...present({ loginUrl: isGeneral ? loginUrl : origin, username, proxy }),
  }
}
