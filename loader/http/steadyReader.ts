import type { Readable } from 'node:stream'

/** Milliseconds over which the rate of a server is measured. */
const WINDOW = 60_000

/** Bytes that a server must send in that time: 1 kB a second. A slower one would hold a slot of the worker for hours. */
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

/** Reads the bodies of a server, one after the other, as long as it keeps a least rate, and until the signal aborts. */
export class SteadyReader {
  readonly #signal: AbortSignal | undefined
  readonly #window: number
  readonly #leastBytes: number
  #windowStart = performance.now()
  #received = 0
  /** Milliseconds of the window in which the server was waited for: a slow consumer is not its fault. */
  #waited = 0
  #waitingSince: number | undefined

  constructor(signal?: AbortSignal, { window = WINDOW, leastBytes = LEAST_BYTES }: SteadyLimits = {}) {
    this.#signal = signal
    this.#window = window
    this.#leastBytes = leastBytes
  }

  /** Throws TooSlowError, the reason of the signal, or the error of the stream; the stream is then destroyed. */
  async *read(body: Readable): AsyncGenerator<Uint8Array, void> {
    const signal = this.#signal
    const abort = () => void body.destroy(asError(signal?.reason))
    const timer = setInterval(() => {
      const tooSlow = this.#tooSlow()
      if (tooSlow !== undefined) body.destroy(tooSlow)
    }, this.#window / 10)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      this.#waitingSince = performance.now()
      for await (const part of body as AsyncIterable<Uint8Array>) {
        this.#received += part.byteLength
        const tooSlow = this.#tooSlow()
        if (tooSlow !== undefined) throw tooSlow
        this.#addWait(undefined)
        yield part
        this.#waitingSince = performance.now()
      }
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', abort)
      this.#addWait(undefined)
    }
  }

  #addWait(waitingSince: number | undefined): void {
    if (this.#waitingSince !== undefined) this.#waited += performance.now() - this.#waitingSince
    this.#waitingSince = waitingSince
  }

  /** Judges a window when it has passed, and begins the next one. */
  #tooSlow(): TooSlowError | undefined {
    const now = performance.now()
    if (now - this.#windowStart < this.#window) return undefined
    this.#addWait(this.#waitingSince === undefined ? undefined : now)
    const received = this.#received
    const isWaitedFor = this.#waited > (now - this.#windowStart) / 2
    this.#windowStart = now
    this.#received = 0
    this.#waited = 0
    return isWaitedFor && received < this.#leastBytes ? new TooSlowError(received, this.#window) : undefined
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted'))
