// Unit tests share a process: a clock that one test has set must not reach the next one.
import { afterEach, vi } from 'vitest'

afterEach(() => {
  vi.useRealTimers()
})
