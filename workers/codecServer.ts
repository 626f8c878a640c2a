// Lets Temporal's UI and command line show encrypted payloads: they send payloads here and get plain text back.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Payload, PayloadCodec } from '@temporalio/common'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { encryptionCodec } from '../packages/client/encryption/encryptionCodec.ts'
import { EncryptionKeyError, type KeyRing } from '../packages/client/encryption/keyRing.ts'

type CodecServerOptions = {
  readonly keys: KeyRing
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Origins allowed by CORS: the addresses of Temporal's UI, such as `http://127.0.0.1:8233`. */
  readonly origins: readonly string[]
  /** Names by which the server may be asked, besides its address and the names of loopback. @default none */
  readonly hosts?: readonly string[]
  /** Requests must carry it as bearer token. @default everyone who reaches the server is answered */
  readonly token?: string
  /** Serves /encode too, for a command line that starts workflows. @default false */
  readonly encodes?: boolean
}

export type CodecServer = { readonly url: string; close(): Promise<void> }

/** Bytes. Temporal accepts no larger message. */
const BODY_LIMIT = 8 * 1024 * 1024

/** Payloads of a request; a page of history has a few hundred. */
const MAX_PAYLOADS = 10_000

export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Serves POST /decode, and /encode if wanted, with or without a path in front of them.
 * Throws the error of listening, e.g. EADDRINUSE.
 * @see https://docs.temporal.io/production-deployment/data-encryption#codec-server-setup
 */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { keys, host, port, origins, encodes = false } = options
  const server = fastify({ bodyLimit: BODY_LIMIT })
  const codec = encryptionCodec(keys)
  const shownHost = host.includes(':') ? `[${host}]` : host
  allowHosts(server, [...LOOPBACK_HOSTS, shownHost, ...(options.hosts ?? [])])
  allowOrigins(server, origins)
  if (options.token !== undefined) requireToken(server, options.token)
  server.post('/decode', async request => toJson(await codec.decode(payloadsOf(request.body))))
  if (encodes) server.post('/encode', async request => toJson(await codec.encode(payloadsOf(request.body))))
  server.setErrorHandler((error, _request, reply) => {
    const { code, message } = answerTo(error)
    return reply.code(code).send({ message })
  })
  await server.listen({ host, port })
  const { port: taken } = server.server.address() as AddressInfo
  return { url: `http://${shownHost}:${taken}`, close: () => server.close() }
}

function answerTo(error: unknown): { readonly code: number; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RequestRejectedError) return { code: error.statusCode, message }
  return { code: error instanceof EncryptionKeyError ? 400 : 500, message }
}

/** Thrown when a request is not answered. */
class RequestRejectedError extends Error {
  override readonly name = 'RequestRejectedError' as const
  readonly statusCode: 400 | 401 | 403

  constructor(statusCode: RequestRejectedError['statusCode'], message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** A page of any site can make a browser ask a server of its own machine under that site's name (DNS rebinding). */
function allowHosts(server: FastifyInstance, hosts: readonly string[]): void {
  const allowed = new Set(hosts.map(host => host.toLowerCase()))
  server.addHook('onRequest', async request => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    if (allowed.has(host)) return
    throw new RequestRejectedError(403, `The codec server is not asked as ${host}; allow this name with --allow-host`)
  })
}

/** Answers preflight requests. The UI may be configured to pass on the user's token. */
function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || !origins.includes(origin)) return
    reply.header('access-control-allow-origin', origin).header('vary', 'origin')
    reply.header('access-control-allow-credentials', 'true')
    reply.header('access-control-allow-methods', 'POST, OPTIONS')
    reply.header('access-control-allow-headers', 'content-type, x-namespace, authorization, authorization-extras')
  })
  server.options('/*', async (_request, reply) => reply.code(204).send())
}

/** A preflight request carries no token. */
function requireToken(server: FastifyInstance, token: string): void {
  const expected = digest(`Bearer ${token}`)
  server.addHook('onRequest', async (request: FastifyRequest) => {
    if (request.method === 'OPTIONS') return
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
    throw new RequestRejectedError(401, 'The codec server requires the header authorization: Bearer TOKEN')
  })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const base64 = z.base64().transform(text => new Uint8Array(Buffer.from(text, 'base64')))
const bodySchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() }))
    .max(MAX_PAYLOADS),
})

/** `{payloads: [{metadata: {name: base64}, data: base64}]}` */
function payloadsOf(body: unknown): Payload[] {
  const read = bodySchema.safeParse(body)
  if (read.success) {
    return read.data.payloads.map(({ metadata, data }) => ({ metadata: metadata ?? null, data: data ?? null }))
  }
  const [issue] = read.error.issues
  throw new RequestRejectedError(
    400,
    `The body must be {"payloads": [{"metadata": {…}, "data": "…"}]} in base64: ${issue?.path.join('.')}: ${issue?.message}`,
  )
}

type Decoded = Awaited<ReturnType<PayloadCodec['decode']>>

const toJson = (payloads: Decoded): object => ({
  payloads: payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, inBase64(value)])),
    data: inBase64(data ?? new Uint8Array()),
  })),
})

const inBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
