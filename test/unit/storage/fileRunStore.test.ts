import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RunStoreError } from '../../../loader/storage/errors.ts'
import { openFileRunStore } from '../../../loader/storage/fileRunStore.ts'
import { openRunStores } from '../../../loader/storage/open.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { type StoreKind, testRunStore } from './runStoreRules.ts'

const temporary = temporaryFolder()

async function fileKind(): Promise<StoreKind> {
  return {
    newPlace: () => mkdtemp(join(temporary, 'place-')),
    open: place => openRunStores(`file:${place}`, temporary),
    traces: async place => {
      const entries = await readdir(place, { recursive: true, withFileTypes: true })
      return entries.filter(entry => entry.isFile()).map(entry => entry.name)
    },
    close: async () => undefined,
  }
}

describe('a run store in files', () => testRunStore(fileKind))

describe('an error of the disk', () => {
  test('is reported in one line with what failed, where, and what to do', async () => {
    const taken = join(temporary, 'taken')
    await writeFile(taken, '')
    const blocked = openFileRunStore(taken, 'run')
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

test('only the owner of the worker reads what a run writes', async () => {
  const root = join(await mkdtemp(join(temporary, 'place-')), 'runs')
  const store = openFileRunStore(root, 'run')
  await store.write('chunks/00001.csv', 'last\nDoe\n')
  await store.writeOnce('spec.json', '{}')
  const modeOf = async (path: string) => ((await stat(join(root, path))).mode & 0o777).toString(8)
  expect(await Promise.all(['', 'run', 'run/chunks'].map(modeOf))).toEqual(['700', '700', '700'])
  expect(await Promise.all(['run/chunks/00001.csv', 'run/spec.json'].map(modeOf))).toEqual(['600', '600'])
})
