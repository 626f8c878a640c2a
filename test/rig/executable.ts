import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a program that prints one line. */
export async function executable(path: string, line = ''): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\necho "${line}"\n`)
  await chmod(path, 0o755)
}
