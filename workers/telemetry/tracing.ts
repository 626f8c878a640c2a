// OpenTelemetry traces: a run, its steps and their requests to Salesforce in one trace. Loaded only when tracing is on.
import { context, DiagLogLevel, diag, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker/index.js'
import type { ActivityInterceptorsFactory, Logger, WorkerOptions } from '@temporalio/worker'
import { failureLine } from '../../loader/results/messageTemplate.ts'
import type { SeenRequest, TrafficObserver } from '../../loader/salesforce/traffic.ts'
import { PACKAGE_VERSION } from '../identity.ts'

export type Tracing = {
  readonly activity: ActivityInterceptorsFactory
  /** Receives the spans of workflows from the sandbox. */
  readonly sinks: NonNullable<WorkerOptions['sinks']>
  readonly traffic: TrafficObserver
  /** Delivers the remaining spans. Never rejects. */
  stop(): Promise<void>
}

/** Service name of spans without OTEL_SERVICE_NAME. */
const SERVICE_NAME = 'salesforce-link'

/** Milliseconds between two log lines about traces that can't be delivered. */
const WARNING_INTERVAL = 60_000

/** Starts tracing, configured by OTEL_EXPORTER_OTLP_* and OTEL_TRACES_SAMPLER as OpenTelemetry documents them. */
export function startTracing(logger: Logger): Tracing {
  const undelivered = oncePerMinute(logger)
  const nothing = () => undefined
  const diagnostics = { error: undelivered, warn: nothing, info: nothing, debug: nothing, verbose: nothing }
  diag.setLogger(diagnostics, DiagLogLevel.ERROR)
  const own = new Resource({ 'service.name': SERVICE_NAME, 'service.version': PACKAGE_VERSION })
  const resource = own.merge(detectResourcesSync({ detectors: [envDetectorSync] }))
  const processor = new SpansWithoutRecords(new OTLPTraceExporter())
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] })
  provider.register({ contextManager: new AsyncLocalStorageContextManager() })
  return {
    activity: ctx => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(ctx),
      outbound: new OpenTelemetryActivityOutboundInterceptor(ctx),
    }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    traffic: trafficSpans(),
    stop: () => provider.shutdown().catch((error: unknown) => undelivered(String(error))),
  }
}

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
function trafficSpans(): TrafficObserver {
  const tracer = trace.getTracer(SERVICE_NAME, PACKAGE_VERSION)
  return {
    onRequest: request => {
      const { method, route } = request
      const options = { kind: SpanKind.CLIENT, attributes: attributesOf(request) }
      const span = tracer.startSpan(`${method} ${route}`, options, context.active())
      return end => {
        if ('failure' in end) {
          span.setAttribute('error.type', end.code)
          span.setStatus({
            code: SpanStatusCode.ERROR,
            message: end.failure === 'lost' ? 'the answer was lost' : 'not sent',
          })
        } else {
          span.setAttribute('http.response.status_code', end.statusCode)
          if (end.statusCode >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
        }
        span.end()
      }
    },
    // The span of the request has ended with the headers.
    onCut: request => trace.getActiveSpan()?.addEvent('answer cut', attributesOf(request)),
  }
}

function attributesOf({ connection, method, server, route }: SeenRequest) {
  return {
    'http.request.method': method,
    'url.template': route,
    'server.address': URL.canParse(server) ? new URL(server).host : '',
    'sflink.connection': connection,
  }
}

/** @returns a function that takes an error message, or OpenTelemetry's JSON with its stack */
function oncePerMinute(logger: Logger): (message: string) => void {
  let last = Number.NEGATIVE_INFINITY
  return message => {
    if (Date.now() - last < WARNING_INTERVAL) return
    last = Date.now()
    const reason = /"message":"([^"]*)"/.exec(message)?.[1] ?? message.replaceAll(/\s+/g, ' ').slice(0, 300)
    logger.warn('Traces cannot be delivered; check OTEL_EXPORTER_OTLP_ENDPOINT and that a collector listens there', {
      reason,
    })
  }
}

/** Forwards spans with one-line failures, without stacks and without the records that some failures quote. */
class SpansWithoutRecords extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    const { message } = span.status
    const status = message === undefined ? span.status : { ...span.status, message: failureLine(message) }
    const events = span.events.map(event => ({ ...event, attributes: withoutStack(event.attributes) }))
    super.onEnd(Object.create(span, { status: { value: status }, events: { value: events } }) as ReadableSpan)
  }
}

function withoutStack(attributes: ReadableSpan['attributes'] = {}): ReadableSpan['attributes'] {
  const { 'exception.stacktrace': _, 'exception.message': message, ...others } = attributes
  return typeof message === 'string' ? { ...others, 'exception.message': failureLine(message) } : others
}
