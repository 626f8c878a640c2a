import type { Readable } from 'node:stream'

/** Milliseconds of waiting for a server. */
const WINDOW = 60_000

/** Bytes that must arrive in each window: 1 kB a second. A slower server would hold a slot of the worker for hours. */
const LEAST_BYTES = 60_000

/** Thrown when a server sends too little while it is waited for. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError' as const
  readonly code = 'ETIMEDOUT'

  constructor(received: number, window: number) {
    super(`the server sent ${received} bytes in ${window / 1000} s`)
  }
}

type SteadyLimits = { readonly window?: number; readonly leastBytes?: number }

/**
 * Reads the bodies of a server, one after the other, as long as it keeps a least rate, and until the signal aborts. A body that comes
 * byte by byte is too slow as well. Only the time of waiting counts: a slow consumer is not the fault of the server.
 */
export class SteadyReader {
  readonly #signal: AbortSignal | undefined
  readonly #window: number
  readonly #leastBytes: number
  /** Milliseconds of waiting, and bytes, since the last window in which enough arrived. */
  #waited = 0
  #received = 0

  constructor(signal?: AbortSignal, { window = WINDOW, leastBytes = LEAST_BYTES }: SteadyLimits = {}) {
    this.#signal = signal
    this.#window = window
    this.#leastBytes = leastBytes
  }

  /** Throws TooSlowError, the reason of the signal, or the error of the stream; the stream is then destroyed. */
  async *read(body: Readable): AsyncGenerator<Uint8Array, void> {
    const signal = this.#signal
    const abort = () => void body.destroy(asError(signal?.reason))
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    let endWait = this.#beginWait(body)
    try {
      for await (const part of body as AsyncIterable<Uint8Array>) {
        endWait()
        this.#count(part.byteLength)
        yield part
        endWait = this.#beginWait(body)
      }
    } finally {
      endWait()
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Returns the function that ends the wait. */
  #beginWait(body: Readable): () => void {
    const began = performance.now()
    const timer = setTimeout(() => body.destroy(this.#tooSlow()), Math.max(1, this.#window - this.#waited))
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      this.#waited += performance.now() - began
    }
  }

  #count(bytes: number): void {
    this.#received += bytes
    if (this.#received >= this.#leastBytes) {
      this.#waited = 0
      this.#received = 0
    } else if (this.#waited >= this.#window) throw this.#tooSlow()
  }

  #tooSlow(): TooSlowError {
    return new TooSlowError(this.#received, this.#window)
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted'))
