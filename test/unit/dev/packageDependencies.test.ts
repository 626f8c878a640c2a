import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

type Package = { readonly dependencies: Readonly<Record<string, string>> }

const packageOf = async (folder: string): Promise<Package> =>
  JSON.parse(await readFile(new URL(`../../../${folder}package.json`, import.meta.url), 'utf8'))

test.each(['packages/client/', 'packages/emulator/'])(
  'the command, which contains the compiled %s, has its dependencies in the same versions',
  async folder => {
    const [command, part] = await Promise.all([packageOf(''), packageOf(folder)])
    const needed = Object.entries(part.dependencies).filter(([name]) => !name.startsWith('@types/'))
    expect(command.dependencies).toMatchObject(Object.fromEntries(needed))
  },
)
