import { posix } from 'node:path'
import { type XmlHandler, XmlReader } from './xmlReader.ts'
import type { ZipParts } from './zipParts.ts'

/** Unpacked bytes of a part that is kept in memory. */
const MOST_BYTES = 64 * 1024 * 1024

/** Reads a part that describes others. Throws WorkbookError. */
export async function readSmallPart(source: string, parts: ZipParts, part: string, handler: XmlHandler): Promise<void> {
  const reader = new XmlReader(source, part, handler)
  for await (const block of parts.read(part, MOST_BYTES)) reader.write(block)
  reader.end()
}

/** What a part refers to: the end of its type, such as `worksheet`, and the name of its part. */
export type Relation = { readonly type: string; readonly part: string }

/** By their Ids. */
export type Relations = ReadonlyMap<string, Relation>

export const relationsOfType = (relations: Relations, type: string): readonly Relation[] =>
  [...relations.values()].filter(relation => relation.type === type)

/** The relations of a part; of the whole file for a blank name. Parts outside of the file are left out: they are never read. */
export async function readRelations(source: string, parts: ZipParts, of: string): Promise<Relations> {
  const folder = posix.dirname(of)
  const relations = new Map<string, Relation>()
  const part = posix.join(folder, '_rels', `${posix.basename(of)}.rels`)
  if (!parts.has(part)) return relations
  await readSmallPart(source, parts, part, {
    open(name, scanner) {
      if (name !== 'Relationship') return
      const { Id = '', Type = '', Target = '', TargetMode } = scanner.attributes()
      if (TargetMode === 'External') return
      const target = posix.join(Target.startsWith('/') ? '' : folder, Target).replace(/^\/+/, '')
      relations.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), part: target })
    },
    close() {},
  })
  return relations
}
