import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { failureLine } from '../../loader/results/messageTemplate.ts'

/** Forwards spans with one-line failures, without stacks and without the records that some failures quote. */
export class WithoutRecords implements SpanProcessor {
  readonly #next: SpanProcessor

  constructor(next: SpanProcessor) {
    this.#next = next
  }

  onStart(span: Span, parent: Context): void {
    this.#next.onStart(span, parent)
  }

  onEnd(span: ReadableSpan): void {
    const { message } = span.status
    const status = message === undefined ? span.status : { ...span.status, message: failureLine(message) }
    const events = span.events.map(event => ({ ...event, attributes: withoutStack(event.attributes) }))
    this.#next.onEnd(Object.create(span, { status: { value: status }, events: { value: events } }) as ReadableSpan)
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown()
  }
}

function withoutStack(attributes: ReadableSpan['attributes'] = {}): ReadableSpan['attributes'] {
  const { 'exception.stacktrace': _, 'exception.message': message, ...others } = attributes
  return typeof message === 'string' ? { ...others, 'exception.message': failureLine(message) } : others
}
