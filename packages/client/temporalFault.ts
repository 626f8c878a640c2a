// Why Temporal can't be reached: both of its clients say little, so the way is tried once more by hand.
import { X509Certificate } from 'node:crypto'
import type { TemporalSettings } from '../../config/environment.ts'
import { probeTcp, probeTls, temporalPlace } from './temporalProbe.ts'

/** What failed, and what to do about it; each without its full stop. */
type Fault = { readonly reason: string; readonly remedy: string }

const CA = 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'
const CLIENT = 'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH'
const START = 'Start it (for development: temporal server start-dev), or set TEMPORAL_ADDRESS'

/**
 * One line: what failed and what to do.
 * @param said by the client that did not get through
 */
export async function unreachableLine(settings: TemporalSettings, said: string): Promise<string> {
  const { reason, remedy } = keyFault(said) ??
    clientCertificateFault(settings) ??
    (await connectionFault(settings)) ?? { reason: said.split('\n')[0]?.replace(/\.$/, '') ?? '', remedy: START }
  return `Temporal cannot be reached at ${settings.address}: ${reason}. ${remedy}`
}

function keyFault(said: string): Fault | undefined {
  if (!/unauthenticated|unauthorized|valid authentication credentials|permission/i.test(said)) return undefined
  return {
    reason: 'it rejects these credentials',
    remedy:
      'Check TEMPORAL_API_KEY (or api_key of the profile), and that the key is for this namespace and has not expired',
  }
}

function clientCertificateFault({ connectionOptions: { tls } }: TemporalSettings): Fault | undefined {
  if (typeof tls !== 'object' || !tls?.clientCertPair) return undefined
  const { crt } = tls.clientCertPair
  try {
    const { validToDate, subject } = new X509Certificate(crt)
    if (validToDate > new Date()) return undefined
    return {
      reason: `the client certificate (${subject}) expired on ${validToDate.toISOString().slice(0, 10)}`,
      remedy: `Renew it and name the new one by ${CLIENT}`,
    }
  } catch {
    return { reason: 'the client certificate is not in PEM form', remedy: `Check ${CLIENT}` }
  }
}

async function connectionFault(settings: TemporalSettings): Promise<Fault | undefined> {
  const { tls } = settings.connectionOptions
  const withTls = tls !== undefined && tls !== null && tls !== false
  const code = await (withTls ? probeTls(settings, true) : probeTcp(settings))
  if (code === undefined) return withTls || !(await speaksTls(settings)) ? undefined : TLS_WANTED
  return faultOf(code, settings)
}

const TLS_WANTED: Fault = {
  reason: 'it takes TLS connections only',
  remedy: `Set TEMPORAL_TLS=true, with ${CA} when its certificate is signed by an authority of your own`,
}

const speaksTls = async (settings: TemporalSettings) => (await probeTls(settings, false)) === undefined

/** By codes of Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function faultOf(code: string, settings: TemporalSettings): Fault | undefined {
  const { name } = temporalPlace(settings)
  if (code === 'CERT_HAS_EXPIRED') {
    return {
      reason: "the server's certificate has expired",
      remedy: 'Have it renewed on the server; nothing is to be changed here',
    }
  }
  if (/^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO)/.test(code)) {
    return {
      reason: "the server's certificate is signed by an authority that is not known here",
      remedy: `Name the authority's certificate by ${CA}`,
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      reason: `the server's certificate is not for ${name}`,
      remedy:
        'Set TEMPORAL_ADDRESS to the name it is for, or TEMPORAL_TLS_SERVER_NAME when that name does not lead there',
    }
  }
  if (/ALERT|ECONNRESET|EPIPE/.test(code)) return clientTurnedDown(settings)
  if (/WRONG_VERSION|EPROTO|PACKET_LENGTH|RECORD/.test(code)) {
    return {
      reason: 'it does not speak TLS',
      remedy: 'Unset TEMPORAL_TLS and the other TLS settings, or set another TEMPORAL_ADDRESS',
    }
  }
  if (/KEY_VALUES_MISMATCH/.test(code)) {
    return { reason: 'the client certificate and its key do not belong together', remedy: `Check ${CLIENT}` }
  }
  if (code === 'ECONNREFUSED') return { reason: 'nothing listens there', remedy: START }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { reason: `the name ${name} is not known`, remedy: 'Check TEMPORAL_ADDRESS' }
  if (code === 'ETIMEDOUT')
    return { reason: 'there is no answer', remedy: 'Check TEMPORAL_ADDRESS and the firewalls on the way' }
  return undefined
}

function clientTurnedDown({ connectionOptions: { tls } }: TemporalSettings): Fault {
  const given = typeof tls === 'object' && tls?.clientCertPair !== undefined
  return given
    ? {
        reason: 'the server turns the client certificate down',
        remedy: `Name one signed by an authority that the server knows, by ${CLIENT}`,
      }
    : { reason: 'the server asks for a client certificate (mTLS)', remedy: `Name one by ${CLIENT}` }
}
