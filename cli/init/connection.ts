// The connection of the sync that `sflink init` writes: one of the file, or a new one, tested at once.
import type { Configuration } from '../../config/configuration.ts'
import { connectionProblem, connectionSchema } from '../../config/connectionSchema.ts'
import { connectionSettings } from '../../config/connectionSettings.ts'
import { variablesOf } from '../../config/environment.ts'
import { testConnection } from '../../loader/inspect/inspectConnection.ts'
import { createSalesforceConnection } from '../../loader/salesforce/connection.ts'
import { orgAddress } from '../../loader/salesforce/orgAddress.ts'
import type { SalesforceConnection } from '../../loader/salesforce/salesforceConnection.ts'
import { connectionWarnings } from '../../loader/salesforce/settings.ts'
import type { ConnectionTest } from '../../packages/client/contract/inspection.ts'
import { check } from '../../packages/client/contract/issues.ts'
import { LinkError } from '../../packages/client/contract/linkError.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { createDependencies } from '../../workers/dependencies.ts'
import { CommandError } from '../commandError.ts'
import type { ConfigFile } from '../configFile.ts'
import type { SecretsFile } from '../secretsFile.ts'
import type { Prompts } from './prompts.ts'

export type ConnectionOptions = {
  readonly connection?: string
  readonly instanceUrl?: string
  readonly clientId?: string
}

export type ChosenConnection = { readonly name: string; readonly salesforce: SalesforceConnection }

type Surroundings = {
  readonly config: ConfigFile
  readonly configuration: Configuration | undefined
  readonly secrets: SecretsFile
  readonly prompts: Prompts
  readonly signal: AbortSignal
}

/** Throws CommandError when an answer is missing, and what Salesforce answers to wrong credentials. */
export async function chooseConnection(
  options: ConnectionOptions,
  surroundings: Surroundings,
): Promise<ChosenConnection> {
  const { config, prompts } = surroundings
  const names = config.names('connections')
  if (options.instanceUrl !== undefined) return newConnection(options, surroundings)
  if (options.connection !== undefined && names.includes(options.connection)) {
    return knownConnection(options.connection, surroundings)
  }
  if (options.connection !== undefined && names.length > 0 && !prompts.isInteractive) {
    throw new CommandError(
      `${config.shown} has no connection ${options.connection}; give one of ${names.join(', ')}, or its URL with --instance-url${didYouMean(options.connection, names)}`,
    )
  }
  const [only] = names
  if (names.length === 1 && only !== undefined && options.connection === undefined) {
    return knownConnection(only, surroundings)
  }
  if (names.length === 0 || options.connection !== undefined) return newConnection(options, surroundings)
  const name = await prompts.choose({
    message: 'Which connection',
    option: '--connection',
    choices: [...names.map(value => ({ value, label: value })), { value: undefined, label: 'a new connection' }],
  })
  return name === undefined ? newConnection(options, surroundings) : knownConnection(name, surroundings)
}

async function knownConnection(
  name: string,
  { configuration, prompts, signal }: Surroundings,
): Promise<ChosenConnection> {
  if (configuration === undefined) throw new CommandError(`The connection ${name} cannot be read`)
  const dependencies = createDependencies(configuration)
  const salesforce = dependencies.connection(name)
  const test = await testConnection({ ...dependencies, allow: undefined }, { connection: name }, { signal })
  prompts.say(orgLine(name, test))
  return { name, salesforce }
}

/** A line that names org and user. */
function orgLine(name: string, { organization, user, apiVersion }: ConnectionTest): string {
  const kind = organization.isSandbox ? 'sandbox' : 'production'
  return `Connection ${name} works: ${organization.name} (${kind}), user ${user.username}, API ${apiVersion}`
}

const TOKEN = 'SF_ACCESS_TOKEN'
const CLIENT_ID = 'SF_CLIENT_ID'
const CLIENT_SECRET = 'SF_CLIENT_SECRET'

type Login = {
  readonly written: unknown
  readonly yaml: (names: (name: string) => string) => string
  readonly secrets: Readonly<Record<string, string>>
}

async function newConnection(options: ConnectionOptions, surroundings: Surroundings): Promise<ChosenConnection> {
  const { config, secrets, prompts, signal } = surroundings
  secrets.checkRights()
  if (options.connection !== undefined && config.names('connections').includes(options.connection)) {
    const free = config.freeName('connections', options.connection)
    throw new CommandError(
      `${config.shown} has the connection ${options.connection} already; leave out --instance-url, or give another name, such as --connection ${free}`,
    )
  }
  let origin = options.instanceUrl ?? ''
  for (;;) {
    origin = await askAddress(options, origin, prompts)
    const login = await askLogin(origin, options, surroundings)
    try {
      const { salesforce, test } = await tested(login, config, signal)
      const wanted = options.connection ?? (test.organization.isSandbox ? 'sandbox' : 'production')
      const name = config.freeName('connections', wanted)
      const names = new Map(
        Object.entries(login.secrets).map(([variable, value]) => [variable, secrets.add(variable, value)]),
      )
      config.add(
        'connections',
        name,
        login.yaml(variable => `"\${${names.get(variable) ?? variable}}"`),
      )
      prompts.say(orgLine(name, test))
      return { name, salesforce }
    } catch (error) {
      if (!prompts.isInteractive || !(error instanceof LinkError) || error instanceof CommandError) throw error
      prompts.say(`${error.message}\nTry again, or end with Ctrl-C.`)
    }
  }
}

async function askAddress({ instanceUrl }: ConnectionOptions, initial: string, prompts: Prompts): Promise<string> {
  const check = (given: string) => {
    const address = orgAddress(given)
    return 'problem' in address ? `${given} ${address.problem}` : undefined
  }
  const given =
    instanceUrl ??
    (await prompts.text({ message: 'URL of the org, as in the browser', option: '--instance-url', initial, check }))
  const address = orgAddress(given)
  if ('problem' in address) throw new CommandError(`--instance-url: ${given} ${address.problem}`)
  if (address.origin !== given) prompts.say(`The API of this org is at ${address.origin}`)
  return address.origin
}

/** Credentials from the environment or `.env`, else as a person gives them. */
async function askLogin(origin: string, options: ConnectionOptions, { config, prompts }: Surroundings): Promise<Login> {
  const variables = await variablesOf(config.path)
  const clientId = options.clientId ?? (prompts.isInteractive ? undefined : variables[CLIENT_ID])
  const flow = prompts.isInteractive && clientId === undefined ? await askFlow(prompts) : undefined
  if (flow === 'client_credentials' || clientId !== undefined) {
    const id =
      clientId ??
      (await prompts.text({ message: 'Consumer Key of the app (External Client App Manager)', option: '--client-id' }))
    const secret =
      (prompts.isInteractive ? undefined : variables[CLIENT_SECRET]) ??
      (await prompts.secret({
        message: 'Consumer Secret of the app',
        option: `it as ${CLIENT_SECRET} in the environment`,
      }))
    return {
      written: { loginUrl: origin, auth: { flow: 'client_credentials', clientId: id, clientSecret: secret } },
      yaml: variable =>
        `loginUrl: ${origin}\nauth: { flow: client_credentials, clientId: ${variable(CLIENT_ID)}, clientSecret: ${variable(CLIENT_SECRET)} }`,
      secrets: { [CLIENT_ID]: id, [CLIENT_SECRET]: secret },
    }
  }
  const token =
    (prompts.isInteractive ? undefined : variables[TOKEN]) ??
    (await prompts.secret({
      message: 'Access token of the org',
      option: `it as ${TOKEN} in the environment, or --client-id`,
    }))
  return {
    written: { instanceUrl: origin, auth: { flow: 'access_token', accessToken: token } },
    yaml: variable => `instanceUrl: ${origin}\nauth: { flow: access_token, accessToken: ${variable(TOKEN)} }`,
    secrets: { [TOKEN]: token },
  }
}

const askFlow = (prompts: Prompts) =>
  prompts.choose({
    message: 'How to log in',
    option: '--client-id',
    choices: [
      { value: 'client_credentials' as const, label: 'client id and secret of an app', hint: 'for runs every night' },
      { value: 'access_token' as const, label: 'access token', hint: 'for a first look: it expires' },
    ],
  })

async function tested({ written }: Login, config: ConfigFile, signal: AbortSignal) {
  const checked = check(connectionSchema, written)
  if (!checked.ok) throw new CommandError(checked.problems.map(({ message }) => message).join('; '))
  const problem = connectionProblem(checked.value)
  if (problem !== undefined) throw new CommandError(`${problem.key}: ${problem.message}`)
  // A name for messages: the connection has none before it works.
  const { host } = new URL(checked.value.loginUrl ?? checked.value.instanceUrl ?? '')
  const settings = await connectionSettings(host, checked.value, config.path, false)
  const salesforce = createSalesforceConnection(settings)
  const dependencies = {
    connection: () => salesforce,
    connectionWarnings: () => connectionWarnings(settings),
    allow: undefined,
    sync: () => undefined,
  }
  return { salesforce, test: await testConnection(dependencies, { connection: host }, { signal }) }
}
