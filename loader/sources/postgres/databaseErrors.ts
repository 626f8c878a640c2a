// What went wrong in a database, and what a person does about it.
import { DatabaseError } from 'pg'
import { nearestName } from '../../../packages/client/contract/nearestName.ts'
import { SourceError } from '../../csv/errors.ts'
import { networkProblem, systemCode, tlsReason } from '../../http/networkErrors.ts'
import { withoutSecrets } from '../../http/secret.ts'
import { SourceUnreachableError } from '../errors.ts'
import { ValueProblem } from './columns.ts'
import { QUERY_OFFSET } from './cursor.ts'
import type { DatabaseSettings } from './databaseSettings.ts'
import { RowTooLargeError } from './rowLimit.ts'

/** Thrown when a database rejects the login or the query, or its values can't be read. */
class SourceDatabaseError extends SourceError {
  override readonly name = 'SourceDatabaseError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, reason: string, advice: string, code?: string) {
    super(`The source ${source} can't be read: ${reason}. ${advice}`, { kind: 'database', source, reason, code })
  }
}

export type Asked = {
  readonly settings: DatabaseSettings
  /** The name of the source in messages. */
  readonly source: string
  /** Without one, the source is a table. */
  readonly query?: string
  /** Whether rows are read: any message may quote a value then. @default false */
  readonly readsRows?: boolean
  /** Tables that the user may see. */
  readonly tables?: readonly string[]
}

type Explanation = { readonly reason: string; readonly advice: string; readonly isTransient?: boolean }

/** The error that a step reports. Errors that are not of the database or the network stay as they are. */
export function explained(error: unknown, asked: Asked): unknown {
  if (error instanceof SourceError) return error
  const { settings, source } = asked
  const found = explanationOf(error, asked)
  if (found === undefined) return error
  const [reason, advice] = [found.reason, found.advice].map(text => withoutSecrets(text, [settings.password]))
  if (found.isTransient) return new SourceUnreachableError(source, `${reason}. ${advice}`)
  return new SourceDatabaseError(source, reason ?? '', advice ?? '', systemCode(error))
}

function explanationOf(error: unknown, asked: Asked): Explanation | undefined {
  if (error instanceof ValueProblem) return { reason: error.message, advice: 'Nothing was sent.' }
  if (error instanceof RowTooLargeError) {
    return { reason: error.message, advice: 'Leave out the column that is so large, or cut it: left(column, 1000).' }
  }
  if (error instanceof DatabaseError) return serverExplanation(error, asked)
  if (!(error instanceof Error)) return undefined
  return clientExplanation(error, asked) ?? networkExplanation(error, asked)
}

const urlOf = ({ settings }: Asked): string => `databases.${settings.name}.url in sflink.yaml`

const serverOf = ({ settings }: Asked): string => `the server ${settings.host}:${settings.port}`

const RETRIED = 'It is retried from the first row; nothing was sent'

function serverExplanation(error: DatabaseError, asked: Asked): Explanation {
  const { code, message } = error
  // An answer that pg does not know has no code.
  if (code === undefined) {
    return { reason: `${serverOf(asked)} does not answer as PostgreSQL`, advice: `Correct ${urlOf(asked)}.` }
  }
  const reason = `PostgreSQL reports: ${withoutValue(code, message, asked)}${placeOf(error, asked)}`
  const remedyOf = REMEDIES[code] ?? REMEDIES[code.slice(0, 2)] ?? otherRemedy
  return { reason, ...remedyOf(error, asked) }
}

type Remedy = Omit<Explanation, 'reason'>
type RemedyOf = (error: DatabaseError, asked: Asked) => Remedy

const RETRY: Remedy = { advice: `${RETRIED}. If it persists, check the state of the server.`, isTransient: true }
const ONLY_READS: Remedy = { advice: 'A source only reads: write one SELECT that changes nothing.' }

const otherRemedy: RemedyOf = ({ hint }) => ({ advice: hint ?? 'Correct the query.' })

/** Text that is not in the encoding of the database, and letters that Unicode does not have. */
const BROKEN_TEXT: readonly string[] = ['22021', '22P05']

const correctText: RemedyOf = () => ({ advice: 'Correct this text in the database, or leave out its column.' })

/** By SQLSTATE, or its class of two characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const REMEDIES: Readonly<Record<string, RemedyOf>> = {
  '08': () => RETRY,
  '0A000': (error, asked) => (/data-modifying/.test(error.message) ? ONLY_READS : otherRemedy(error, asked)),
  ...Object.fromEntries(BROKEN_TEXT.map(code => [code, correctText])),
  '25006': () => ONLY_READS,
  '28': (_, asked) => ({ advice: `Correct the user and the password in ${urlOf(asked)}.` }),
  '28000': ({ message }, asked) =>
    /no encryption/.test(message)
      ? { advice: `The server accepts encrypted connections only: add ?sslmode=verify-full to ${urlOf(asked)}.` }
      : { advice: `Correct the user in ${urlOf(asked)}, or allow it in pg_hba.conf of the server.` },
  '3D000': (_, asked) => ({ advice: `Correct the name of the database in ${urlOf(asked)}.` }),
  // A standby, or a deadlock, ended the transaction.
  '40': () => RETRY,
  '42501': (_, { settings }) => ({ advice: `Have it granted: GRANT SELECT ON … TO ${settings.user}.` }),
  '42601': ({ message }) =>
    /multiple commands/.test(message)
      ? { advice: 'Write one SELECT; a second statement is not allowed.' }
      : { advice: 'Correct the query: one SELECT, WITH … SELECT, TABLE or VALUES.' },
  '42P01': ({ message }, { tables = [] }) => ({ advice: tableAdvice(message, tables) }),
  '53': () => RETRY,
  '57': () => RETRY,
  // A time-out, unless the server says in English who cancelled the query: a query that is too slow is not repeated for ever.
  '57014': ({ message }, { settings }) =>
    /user request/.test(message)
      ? RETRY
      : {
          advice: `Make the query faster (an index, fewer rows), or raise statementTimeout of databases.${settings.name}.`,
        },
  '58': () => RETRY,
}

function tableAdvice(message: string, tables: readonly string[]): string {
  const name = /"(.*)"/.exec(message)?.[1] ?? ''
  const nearest = nearestName(name, [...tables, ...tables.map(table => table.replace(/^[^.]*\./, ''))])
  const found = nearest === undefined ? '' : `There is ${JSON.stringify(nearest)}. `
  return `${found}Write its name with its schema, such as public.contacts; letter case counts.`
}

/** Messages about data quote values of records. */
function withoutValue(code: string, message: string, { readsRows = false }: Asked): string {
  const mayQuote = (readsRows || code.startsWith('22')) && !BROKEN_TEXT.includes(code)
  // A value may have quotes of its own.
  return mayQuote ? message.replace(/".*"/s, '"…"') : message
}

/** ` at line 2, column 8 of the query` */
function placeOf({ position }: DatabaseError, { query }: Asked): string {
  if (position === undefined || query === undefined) return ''
  const before = [...query].slice(0, Number(position) - 1 - QUERY_OFFSET).join('')
  const lines = before.split('\n')
  return ` at line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1} of the query`
}

/** Errors of pg itself have no code. */
function clientExplanation({ message }: Error, asked: Asked): Explanation | undefined {
  const server = serverOf(asked)
  if (message === 'timeout expired') {
    const reason = `${server} did not complete the login within ${asked.settings.connectTimeout / 1_000} s`
    return { reason, advice: `${RETRIED}. If it persists, check ${urlOf(asked)} and the network.`, isTransient: true }
  }
  if (/^Connection terminated|establishing an SSL connection|not queryable$/.test(message)) {
    const reason = `${server} closed the connection`
    return { reason, advice: `${RETRIED}. If it persists, check the log of the server.`, isTransient: true }
  }
  if (/does not support SSL/.test(message)) {
    const advice = `Have TLS turned on there, or, in a network that you trust, set sslmode=disable in ${urlOf(asked)}.`
    return { reason: `${server} offers no TLS`, advice }
  }
  if (/client password must be/.test(message)) {
    return { reason: `${server} requires a password`, advice: `Add it to ${urlOf(asked)}.` }
  }
  if (!message.startsWith('SASL: ')) return undefined
  const reason = `the login at ${server} failed: ${message.slice('SASL: '.length)}`
  return { reason, advice: 'Check that it is the right server.' }
}

function networkExplanation(error: Error, asked: Asked): Explanation | undefined {
  const problem = networkProblem(error, serverOf(asked), `${urlOf(asked)} and the network`)
  if (problem === undefined) return undefined
  const { code, reason, advice, transient } = problem
  if (transient) return { reason: `${reason} (${code})`, advice, isTransient: true }
  const isUntrusted = tlsReason(code) === tlsReason('SELF_SIGNED_CERT_IN_CHAIN')
  const untrusted = `Set caCertificate of databases.${asked.settings.name} to the file with its certificate authority.`
  const otherHost = `Write the host that the certificate names in ${urlOf(asked)}.`
  const remedy = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? otherHost : advice
  return { reason: `${reason} (${code})`, advice: isUntrusted ? untrusted : remedy }
}
