import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RunStoreError } from '../../../loader/storage/errors.ts'
import { openFileRunStore } from '../../../loader/storage/fileRunStore.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sflink-store-'))
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('an error of the disk', () => {
  test('is reported in one line with what failed, where, and what to do', async () => {
    await writeFile(join(root, 'taken'), '')
    const blocked = openFileRunStore(join(root, 'taken'), 'run')
    const failure = await blocked.write('a.csv', 'x').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RunStoreError)
    expect((failure as RunStoreError).code).toBe('ENOTDIR')
    expect((failure as RunStoreError).message).toMatch(
      /^Writing a\.csv in the run store .*taken\/run failed: .*runStore/,
    )
    expect((failure as RunStoreError).message).not.toContain('\n')
  })

  test.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE', 'EIO', 'EWHATEVER'])(
    'explains %s in one line with advice',
    code => {
      const cause = Object.assign(new Error(`${code}: something\nbroke`), { code })
      const { message } = new RunStoreError('Writing', '/srv/runs/r1', 'chunks/00001.csv', cause)
      expect(message).toMatch(
        new RegExp(`^Writing chunks/00001\\.csv in .*/srv/runs/r1 failed: .+ \\(${code}\\)\\. .+\\.$`),
      )
      expect(message).not.toContain('\n')
    },
  )
})
