// The entries of sflink.yaml for what is imported, with the comments that tell what is left to do.
import { isCollection, isScalar, visit, Document as YamlDocument } from 'yaml'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { CommandError } from '../commandError.ts'
import type { ConfigFile } from '../configFile.ts'
import type { Imported, ImportedConnection, ImportedDatabase, ImportedProxy, ImportedSync, Note } from './imported.ts'

export type Added = {
  readonly connections: readonly string[]
  readonly syncs: readonly string[]
  readonly flows: readonly string[]
  /** Variables that `.env` must get. */
  readonly variables: readonly string[]
}

/**
 * Adds what is imported to a configuration that is not yet written. Throws CommandError when it has a sync of the same name.
 * @param schedule of each flow, or of each sync if there is none
 */
export function addImported(config: ConfigFile, imported: Imported, schedule?: object): Added {
  const names = new Map<string, string>()
  const variables: string[] = []
  for (const connection of imported.connections) {
    const name = config.freeName('connections', connection.name)
    const prefix = variablePrefix(name, config.names('connections').length === 0)
    const { entry, needed } = connectionEntry(connection, imported.tool, prefix)
    config.add('connections', name, entry)
    names.set(connection.name, name)
    variables.push(...needed)
  }
  const databases = new Map<string, string>()
  for (const database of imported.databases) {
    const name = config.freeName('databases', database.name)
    const variable = `${name.toUpperCase().replaceAll(/\W/g, '_')}_PASSWORD`
    config.add('databases', name, databaseEntry(database, variable))
    databases.set(`database:${database.name}`, `database:${name}`)
    variables.push(variable)
  }
  for (const place of imported.dataDirectories) config.addDataDirectory(place)
  for (const sync of imported.syncs) {
    if (config.names('syncs').includes(sync.name)) {
      throw new CommandError(
        `${config.shown} has a sync ${sync.name} already; remove it there, or name the others with --only`,
      )
    }
    const { connection, source } = sync.entry as {
      readonly connection: string
      readonly source: { readonly uri: string }
    }
    const entry = literal({
      ...sync.entry,
      connection: names.get(connection) ?? connection,
      source: { ...source, uri: databases.get(source.uri) ?? source.uri },
      ...(schedule === undefined || imported.flows.length > 0 ? {} : { schedule }),
    })
    config.add('syncs', sync.name, `${comments(syncComments(sync, imported.tool))}${yamlOf(entry)}`)
  }
  const flows = imported.flows.map(({ name, syncs }) => {
    const free = config.freeName('flows', name)
    config.add('flows', free, yamlOf({ syncs, ...(schedule === undefined ? {} : { schedule }) }))
    return free
  })
  return { connections: [...names.values()], syncs: imported.syncs.map(({ name }) => name), flows, variables }
}

const variablePrefix = (name: string, isFirst: boolean): string =>
  isFirst ? 'SF' : `SF_${name.toUpperCase().replaceAll(/\W/g, '_')}`

function connectionEntry(connection: ImportedConnection, tool: string, prefix: string) {
  const { name, origin, loginUrl, username, proxy } = connection
  const variable = (word: string) => `\${${prefix}_${word}}`
  const host = name.startsWith('sandbox') ? 'sandbox.my.salesforce.com' : 'my.salesforce.com'
  const text = yamlOf({
    loginUrl: loginUrl ?? `https://${variable('MY_DOMAIN')}.${host}`,
    auth: { flow: 'client_credentials', clientId: variable('CLIENT_ID'), clientSecret: variable('CLIENT_SECRET') },
    ...(proxy === undefined ? {} : { proxy: proxyUrl(proxy, variable('PROXY_PASSWORD')) }),
  })
  const needed = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, word = '']) => word)
  const lines = [
    `${tool} logs in at ${origin}${username === undefined ? '' : ` as ${username}`}.`,
    `Create an External Client App with the Client Credentials flow and Run As ${username ?? 'the user of these loads'} (README, "A real org"),`,
    `and write ${needed.join(', ')} into .env beside this file.`,
    ...(loginUrl === undefined
      ? [`${prefix}_MY_DOMAIN is the part of the My Domain before .${host} (Setup > My Domain).`]
      : []),
  ]
  return { entry: `${comments(lines)}${text}`, needed }
}

const proxyUrl = ({ host, username }: ImportedProxy, password: string): string =>
  `http://${username === undefined ? '' : `${encodeURIComponent(username)}:${password}@`}${host}`

function databaseEntry({ address, user }: ImportedDatabase, variable: string): string {
  const lines = [
    `Write the password into .env beside this file as ${variable}, its special characters percent-encoded (@ as %40).`,
  ]
  return `${comments(lines)}${yamlOf({ url: `postgresql://${encodeURIComponent(user ?? 'USER')}:\${${variable}}@${address}` })}`
}

/** In sflink.yaml `${` begins a variable, and `$${` is the text itself. */
function literal(entry: object): object {
  return JSON.parse(JSON.stringify(entry), (_, value) =>
    typeof value === 'string' ? value.replaceAll('${', () => '$${') : value,
  )
}

const syncComments = ({ origin, notes }: ImportedSync, tool: string): readonly string[] => [
  `From ${tool}: ${origin}`,
  ...notes.filter(({ kind }) => kind === 'toDo').map(note => commentOf('To do', note)),
  ...notes.filter(({ kind }) => kind === 'notCarried').map(note => commentOf('Not carried over', note)),
]

const commentOf = (word: string, { subject, text }: Note): string => `${word}: ${subject}: ${text}`

const comments = (lines: readonly string[]): string =>
  lines.map(line => `# ${visibleText(line.replaceAll(/[\t\r\n]+/g, ' '))}\n`).join('')

/** Lists and small mappings are written in one line, as people write them. */
function yamlOf(entry: object): string {
  const document = new YamlDocument(entry)
  visit(document, {
    Pair(_, { key, value }, ancestors) {
      const isTop = ancestors.length === 2
      if (!isCollection(value) || (isTop && isScalar(key) && key.value === 'fields')) return
      value.flow = !JSON.stringify(value).includes('\\n')
    },
  })
  return document.toString({ lineWidth: 0 })
}
