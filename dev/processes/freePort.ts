// Ports of 127.0.0.1 that no process listens on at the moment.
import getPort, { portNumbers } from 'get-port'

const LOWEST = 20_000
/** Another process may take a free port before the server does. */
const ATTEMPTS = 3

/** @param below upper limit of the port, for a server that stores ports in a small column; above 21,000. */
export function freePort({ below }: { readonly below?: number } = {}): Promise<number> {
  const host = '127.0.0.1'
  if (below === undefined) return getPort({ host })
  // A random start: processes that ask at the same time get different ports.
  const start = LOWEST + Math.floor(Math.random() * (below - LOWEST - 1_000))
  return getPort({ host, port: portNumbers(start, below - 1) })
}

/** Starts a server on a free port, and again on another one when it fails. Throws what the last start throws. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/** Whether the URL answers a GET with a 2xx status. */
export function answersWell(url: string): Promise<boolean> {
  return fetch(url).then(
    answer => answer.ok,
    () => false,
  )
}
