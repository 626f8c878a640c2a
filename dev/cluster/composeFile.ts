// docker-compose.yml as data: the processes of the cluster start with the environment and arguments of its services.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './place.ts'

export type ComposeService = {
  readonly image: string
  readonly command: readonly string[]
  readonly entrypoint: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export const COMPOSE_FILE = join(ROOT, 'docker-compose.yml')

/** Throws Error when a variable has no value, as `docker compose` does. */
export function composeService(name: string, variables: Readonly<Record<string, string>>): ComposeService {
  const { services } = parse(readFileSync(COMPOSE_FILE, 'utf8'), { merge: true }) as {
    services: Record<string, Partial<ComposeService>>
  }
  const service = services[name]
  if (service?.image === undefined) throw new Error(`docker-compose.yml has no service '${name}' with an image`)
  const expanded = (text: string) => expand(String(text), variables)
  const environment = Object.entries(service.environment ?? {}).map(([key, value]) => [key, expanded(value)])
  return {
    image: service.image,
    command: (service.command ?? []).map(expanded),
    entrypoint: (service.entrypoint ?? []).map(expanded),
    environment: Object.fromEntries(environment),
  }
}

/**
 * The environment with other addresses. Throws Error for a variable that the service does not have.
 * @param moved variables that have another value outside a container
 */
export function movedTo(
  { environment, image }: ComposeService,
  moved: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(moved).filter(key => environment[key] === undefined)
  if (unknown.length > 0) throw new Error(`docker-compose.yml gives ${image} no ${unknown.join(', ')}`)
  return { ...environment, ...moved }
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. https://docs.docker.com/reference/compose-file/interpolation/ */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, mark?: string, rest?: string) => {
    const value = variables[name] || (mark === '-' ? rest : undefined)
    if (value === undefined) throw new Error(`docker-compose.yml needs ${name}${rest ? `: ${rest}` : ''}`)
    return value
  })
}
