// A process that writes into a run store until it is killed: node crashingWriter.ts <root>
import { openFileRunStore } from '../../../loader/storage/fileRunStore.ts'

const [, , root = ''] = process.argv
const store = openFileRunStore(root, 'run')

/** Content that shows whether it is complete. */
function content(lines: number): string {
  return `${lines}\n${`${'x'.repeat(99)}\n`.repeat(lines)}`
}

for (let turn = 0; ; turn++) {
  const lines = (turn * 7919) % 8000
  await store.write(`replaced/${turn % 3}.csv`, content(lines))
  const first = await store.writeOnce(`once/${turn}.json`, content(lines % 50))
  if (!first) throw new Error('Another was first')
  const writer = store.writer(`pieces/${turn % 5}.csv`)
  for (const line of content(lines).match(/.*\n/g) ?? []) await writer.write(line)
  await writer.finish()
  process.stdout.write(`${turn}\n`)
}
