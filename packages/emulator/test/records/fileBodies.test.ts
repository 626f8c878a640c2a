import { expect, test } from 'vitest'
import { FileBodies } from '../../records/fileBodies.ts'
import { Table } from '../../records/table.ts'
import { contentVersion } from '../../schema/objects/contentVersion.ts'
import { rejectedFile } from '../../writes/contentFiles.ts'

function contentOf(bodies: FileBodies, key: string) {
  return Buffer.concat([...bodies.pieces(key)]).toString()
}

test('contents that arrive at the same time are kept apart, and equal ones have one key', () => {
  const bodies = new FileBodies()
  const [first, second] = [bodies.begin(), bodies.begin()]
  for (const piece of ['a', 'b', 'c']) {
    first.write(Buffer.from(piece))
    second.write(Buffer.from(piece.toUpperCase()))
  }
  const keys = [first.end().key, second.end().key]
  expect(keys.map(key => contentOf(bodies, key))).toEqual(['abc', 'ABC'])
  expect(bodies.add(Buffer.from('abc')).key).toBe(keys[0])
  bodies.close()
})

test('a content of more than one piece is read as it was written', () => {
  const bodies = new FileBodies()
  const content = Buffer.from('0123456789'.repeat(60_000))
  const { key, bytes } = bodies.add(content)
  expect(bytes).toBe(content.length)
  expect(Buffer.concat([...bodies.pieces(key)]).equals(content)).toBe(true)
  bodies.close()
})

test('a download ends when the org is reset meanwhile', () => {
  const bodies = new FileBodies()
  const pieces = bodies.pieces(bodies.add(Buffer.alloc(600_000)).key)
  pieces.next()
  bodies.close()
  expect(pieces.next()).toEqual({ done: true, value: undefined })
})

test('a file of more than 2 GB is rejected', () => {
  const cells: Readonly<Record<string, string>> = { PathOnClient: 'a.bin', VersionData: `${'0'.repeat(32)}-2147483649` }
  const cellOf = (name: string) => cells[name] ?? ''
  expect(rejectedFile(new Table(contentVersion), { place: undefined, cellOf })).toEqual({
    statusCode: 'STRING_TOO_LONG',
    message: 'Version Data: data value too large: (max length=2147483648)',
    fields: ['VersionData'],
  })
})
