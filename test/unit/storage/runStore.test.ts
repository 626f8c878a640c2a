import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { openRunStores } from '../../../loader/storage/open.ts'
import { type StoreKind, testRunStore } from './runStoreRules.ts'

async function fileKind(): Promise<StoreKind> {
  const root = await mkdtemp(join(tmpdir(), 'sflink-store-'))
  return {
    newPlace: () => mkdtemp(join(root, 'place-')),
    open: place => openRunStores(`file:${place}`, root),
    traces: async place => {
      const entries = await readdir(place, { recursive: true, withFileTypes: true })
      return entries.filter(entry => entry.isFile()).map(entry => entry.name)
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}

describe('a run store in files', () => testRunStore(fileKind))
