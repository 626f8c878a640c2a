// Data Loader's database-conf.xml: the query that a process reads, and the database that it is for.
import { dirname, join } from 'node:path'
import { readBounded } from '../../config/boundedFile.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { CommandError } from '../commandError.ts'
import type { DataLoaderProcess } from './dataLoaderProcess.ts'
import { type ImportedDatabase, type ImportedFile, type Note, syncName } from './imported.ts'
import { firstFile } from './importedSource.ts'
import { type Bean, readBeans } from './springBeans.ts'

export type DatabaseRead = {
  readonly database: ImportedDatabase
  /** One SELECT of PostgreSQL. */
  readonly query: string
  /** Its columns; undefined when the file does not list them. */
  readonly header?: readonly string[]
  readonly notes: readonly Note[]
}

const NAME = 'database-conf.xml'

/** Reads the query that a process names, or says why no sync can read it. Throws CommandError when the file or a bean of it is missing. */
export async function readDatabase(
  process: DataLoaderProcess,
  { path, shown }: ImportedFile,
): Promise<DatabaseRead | { readonly reason: string }> {
  const file = await firstFile([join(dirname(path), NAME)])
  const shownFile = join(dirname(shown), NAME)
  if (file === undefined) {
    throw new CommandError(
      `${process.place}: the process ${process.id} reads a database, and ${shownFile} does not exist; copy it there`,
    )
  }
  const beans = readBeans(await readBounded(file), shownFile)
  const find = (id: string | undefined, what: string): Bean => {
    const bean = beans.get(id ?? '')
    if (bean !== undefined) return bean
    throw new CommandError(
      `${shownFile} has no ${what} ${id || '(none)'}, which the process ${process.id} reads; add it`,
    )
  }
  const config = find(process.setting('dataAccess.name'), 'query')
  const sql = find(config.text('sqlConfig'), 'sqlConfig')
  const source = find(config.text('dataSource'), 'dataSource')
  const address = databaseOf(source)
  if ('reason' in address) return address
  const { parameters: _, ...database } = address
  const query = queryOf(sql)
  if ('reason' in query) return query
  const names = sql.items('columnNames')
  return {
    database,
    query: query.text,
    ...(names.length === 0 ? {} : { header: names.map(name => nameInResult(name, query.text)) }),
    notes: [...addressNotes(address), ...query.notes],
  }
}

type Address = ImportedDatabase & { readonly parameters: readonly string[] }

function databaseOf(source: Bean): Address | { readonly reason: string } {
  const written = source.text('url') ?? ''
  const url = written.replace(/^jdbc:/, '')
  const kind = /^[a-z]+:[\w]+/i.exec(written)?.[0] ?? 'no address'
  if (!/^postgresql:/.test(url)) {
    return {
      reason: `it reads ${kind}, and sflink reads PostgreSQL and files; write the rows of its query into a CSV file`,
    }
  }
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (!address?.hostname || address.pathname.length < 2) {
    return {
      reason: 'its database has no host or no name in its url; write it as jdbc:postgresql://host:5432/database',
    }
  }
  const user = source.text('username') || address.searchParams.get('user')
  return {
    name: syncName(source.id),
    address: `${address.host}${address.pathname}`,
    ...present({ user: user || undefined }),
    parameters: [...address.searchParams.keys()].filter(name => !['user', 'password'].includes(name)),
  }
}

function addressNotes({ name, user, parameters }: Address): readonly Note[] {
  const add = (text: string): Note => ({ kind: 'toDo', subject: `databases.${name}`, text })
  return [
    ...(user === undefined ? [add('its user is not known; write it into the url in place of USER')] : []),
    ...(parameters.length === 0
      ? []
      : [
          add(
            `${parameters.join(', ')} of its address are not carried over; the url takes sslmode alone, and verifies the server without it`,
          ),
        ]),
  ]
}

const LAST_RUN = 'process.lastRunDate'

type Query = { readonly text: string; readonly notes: readonly Note[] }

function queryOf(sql: Bean): Query | { readonly reason: string } {
  const written = (sql.text('sqlString') ?? '').replace(/;\s*$/, '').trim()
  if (/[{}]/.test(written))
    return { reason: `its query ${sql.id} has braces, which stand for placeholders here; write the source by hand` }
  const parameters = [...new Set([...written.matchAll(/@([\w.]+)@/g)].map(([, name = '']) => name))]
  const unknown = parameters.filter(name => name !== LAST_RUN)
  if (unknown.length > 0) {
    return { reason: `its query ${sql.id} has the parameters ${unknown.join(', ')}; write their values into the query` }
  }
  const text = written.replaceAll(`@${LAST_RUN}@`, "'{date-1}'")
  const note: Note = {
    kind: 'toDo',
    subject: LAST_RUN,
    text: "was the time of the last run, and is now '{date-1}', the day before the scheduled time of the run; change it if a run may be left out or runs are not daily",
  }
  return { text, notes: parameters.length === 0 ? [] : [note] }
}

/** PostgreSQL writes names in small letters unless they are quoted. */
function nameInResult(name: string, query: string): string {
  const quoted = [...query.matchAll(/"([^"]+)"/g)].map(([, inner = '']) => inner)
  return quoted.find(inner => inner.toLowerCase() === name.toLowerCase()) ?? name.toLowerCase()
}
