import type { ObjectsAnswer } from '../../packages/client/contract/inspection.ts'
import { ask, type QuestionOptions } from '../ask.ts'
import { columns, yesNo } from '../columns.ts'

export async function objects(connection: string, options: QuestionOptions): Promise<void> {
  const answer = await ask<ObjectsAnswer>({ type: 'listObjects', input: { connection }, about: connection }, options)
  if (options.json) {
    console.log(JSON.stringify(answer, undefined, 2))
    return
  }
  const rows = answer.objects.map(({ name, label, createable, updateable }) => [
    name,
    yesNo(createable),
    yesNo(updateable),
    label,
  ])
  console.log(columns(rows, { head: ['OBJECT', 'CREATE', 'UPDATE', 'LABEL'] }))
}
