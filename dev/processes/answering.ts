// Whether a server answers.
import { once } from 'node:events'
import { connect } from 'node:net'

/** Whether a process listens on the port of 127.0.0.1. */
export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Whether the URL answers a GET with a 2xx status. */
export function answersWell(url: string): Promise<boolean> {
  return fetch(url).then(
    answer => answer.ok,
    () => false,
  )
}
