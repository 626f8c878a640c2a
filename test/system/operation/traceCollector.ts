import { createServer } from 'node:http'
import { listening } from '../../rig/listening.ts'

export type CollectedSpan = {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  /** 2 is an error. */
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
  readonly events?: readonly object[]
}

export type TraceCollector = {
  readonly url: string
  readonly spans: CollectedSpan[]
  readonly bodies: string[]
  close(): Promise<void>
}

type ExportRequest = {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[] }[]
}

/** Receives traces by OTLP over HTTP, as JSON. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const server = createServer(async (request, answer) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString()
    bodies.push(body)
    const { resourceSpans } = JSON.parse(body) as ExportRequest
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  return { ...(await listening(server)), spans, bodies }
}
