/** Where a server of the worker's own listens. */
export type ListenAddress = { readonly host: string; readonly port: number }

const LOOPBACK = '127.0.0.1'

/** Of `127.0.0.1:8090`, `[::1]:8090` or `8090`, which means loopback; undefined when the text is none of these. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  if (!match || port > 65_535) return undefined
  return { host: match[1] ?? match[2] ?? LOOPBACK, port }
}
