// Lets Temporal's UI and command line show encrypted payloads: they send payloads here and get plain text back.
import type { AddressInfo } from 'node:net'
import type { Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import fastify, { type FastifyInstance } from 'fastify'
import { encryptionCodec } from '../packages/client/encryption/encryptionCodec.ts'
import { EncryptionKeyError, type KeyRing } from '../packages/client/encryption/keyRing.ts'

const Payloads = proto.temporal.api.common.v1.Payloads

type CodecServerOptions = {
  readonly keys: KeyRing
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Origins allowed by CORS: the addresses of Temporal's UI, such as `http://127.0.0.1:8233`. */
  readonly origins: readonly string[]
}

export type CodecServer = { readonly url: string; close(): Promise<void> }

/** Bytes. Temporal accepts no larger message. */
const BODY_LIMIT = 8 * 1024 * 1024

/**
 * Serves POST /encode and /decode, with or without a path in front of them.
 * Throws the error of listening, e.g. EADDRINUSE.
 * @see https://docs.temporal.io/production-deployment/data-encryption#codec-server-setup
 */
export async function startCodecServer({ keys, host, port, origins }: CodecServerOptions): Promise<CodecServer> {
  const server = fastify({ bodyLimit: BODY_LIMIT })
  const codec = encryptionCodec(keys)
  allowOrigins(server, origins)
  server.post('/decode', async request => toJson(await codec.decode(payloadsOf(request.body))))
  server.post('/encode', async request => toJson(await codec.encode(payloadsOf(request.body))))
  server.setErrorHandler((error, _request, reply) => {
    const known = error instanceof EncryptionKeyError || error instanceof BodyError
    const message = error instanceof Error ? error.message : String(error)
    return reply.code(known ? 400 : 500).send({ message })
  })
  await server.listen({ host, port })
  const { port: taken } = server.server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, close: () => server.close() }
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

/** Thrown when the body is not a list of payloads. */
class BodyError extends Error {
  override readonly name = 'BodyError' as const
}

/** `{payloads: [{metadata: {name: base64}, data: base64}]}` */
function payloadsOf(body: unknown): Payload[] {
  try {
    if (typeof body !== 'object' || body === null || !('payloads' in body)) throw new TypeError('no payloads')
    return Payloads.fromObject(body).payloads.map(({ metadata, data }) => ({
      metadata: metadata ?? null,
      data: data ?? null,
    }))
  } catch (error) {
    throw new BodyError(
      `The body must be {"payloads": [{"metadata": {…}, "data": "…"}]}: ${error instanceof Error ? error.message : error}`,
    )
  }
}

type Decoded = Awaited<ReturnType<PayloadCodec['decode']>>

const toJson = (payloads: Decoded): object => ({
  payloads: payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
    data: base64(data ?? new Uint8Array()),
  })),
})

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
