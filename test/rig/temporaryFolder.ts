import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A new directory for the test file or the `describe` that calls it. It is removed after the last test and the other `afterAll` hooks. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sflink-test-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}
