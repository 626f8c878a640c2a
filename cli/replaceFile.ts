import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CommandError, EXIT } from './commandError.ts'

export type Replacement = {
  /** The content that was read; undefined when there was no file. */
  readonly before: string | undefined
  readonly text: string
  /** The file as messages name it. */
  readonly shown: string
  /** The rights of a new file; a file that exists keeps its own. */
  readonly mode: number
}

/**
 * Writes a text file, whole or not at all.
 * Throws CommandError when the file is not any more what was read, or cannot be written.
 */
export async function replaceFile(path: string, { before, text, shown, mode }: Replacement): Promise<void> {
  const now = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (withoutMark(now) !== before) {
    throw new CommandError(
      `${shown} was changed by another program meanwhile; nothing was written. Give the command again`,
    )
  }
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const rights = now === undefined ? mode : (await stat(path)).mode & 0o777
    const handle = await open(temporary, 'wx', rights)
    try {
      await handle.chmod(rights)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`${shown} cannot be written (${code}); correct the rights of its directory`, EXIT.runFailed)
  }
}

/** A byte order mark is left out when a text is read. */
const withoutMark = (text: string | undefined): string | undefined => text?.replace(/^\uFEFF/, '')
