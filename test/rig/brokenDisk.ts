// Makes node:fs/promises fail as a disk does that is full, read-only or broken. Every module of this process sees it, after this one is imported.
import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

export const DISK_FAULTS = ['ENOSPC', 'EROFS', 'EIO'] as const
type DiskFault = (typeof DISK_FAULTS)[number]

type Broken = {
  readonly fault: DiskFault
  /** Asked at each call that the fault concerns. */
  readonly strikes: (path: string) => boolean
}

const real = { ...fs }

const errorOf = (code: DiskFault, path: string) =>
  Object.assign(new Error(`${code}: broken on purpose, '${path}'`), { code })

/** Breaks the disk until the answer is called. */
export function breakDisk({ fault, strikes }: Broken): () => void {
  const fails =
    <Given extends readonly unknown[], Answer>(
      faults: readonly DiskFault[],
      call: (...given: Given) => Promise<Answer>,
    ) =>
    async (...given: Given): Promise<Answer> => {
      const path = String(given[0])
      if (faults.includes(fault) && strikes(path)) throw errorOf(fault, path)
      return call(...given)
    }
  const open = async (path: string, flags: string, mode?: number): Promise<FileHandle> => {
    const isWrite = flags !== 'r'
    if (fault === 'EROFS' && isWrite && strikes(path)) throw errorOf(fault, path)
    return broken(path, await real.open(path, flags, mode))
  }
  const broken = (path: string, handle: FileHandle): FileHandle => {
    const { createReadStream } = handle
    const write = handle.writeFile.bind(handle)
    handle.writeFile = async data => {
      if (fault === 'ENOSPC' && strikes(path)) throw errorOf(fault, path)
      return write(data)
    }
    const read = handle.read.bind(handle) as (...given: readonly unknown[]) => Promise<unknown>
    const failing = async (...given: readonly unknown[]) => {
      if (fault === 'EIO' && strikes(path)) throw errorOf(fault, path)
      return read(...given)
    }
    handle.read = failing as FileHandle['read']
    handle.createReadStream = options => {
      const stream = createReadStream.call(handle, options)
      if (fault === 'EIO' && strikes(path)) stream.destroy(errorOf(fault, path))
      return stream
    }
    return handle
  }
  const written = ['ENOSPC', 'EROFS'] as const
  Object.assign(fs, {
    open,
    mkdir: fails(written, real.mkdir),
    link: fails(written, real.link),
    rename: fails(['EROFS'], real.rename),
    rm: fails(['EROFS'], real.rm),
    readFile: fails(['EIO'], real.readFile),
  })
  syncBuiltinESMExports()
  return () => {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
}
