import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Usage } from './load.ts'
import { ROOT } from './org.ts'
import { measureCommand } from './processUsage.ts'

/** What no client can avoid: to read and write the bytes of the source once, and to parse them once. */
export async function floorOf(source: string, folder: string): Promise<Readonly<Record<string, Usage>>> {
  const copy = join(folder, 'copy.csv')
  const cat = await measureCommand({ program: 'sh', args: ['-c', 'cat "$0" > "$1"', source, copy], folder })
  await rm(copy)
  const args = ['dev/bench/papaparsePass.ts', source]
  const { stdout } = await measureCommand({ program: process.execPath, args, folder: ROOT })
  return { 'cat, one pass': cat, 'papaparse, one pass': JSON.parse(stdout) as Usage }
}
