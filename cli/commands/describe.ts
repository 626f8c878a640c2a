import type {
  DescribedField,
  DescribeObjectAnswer,
  DescribeObjectInput,
} from '../../packages/client/contract/inspection.ts'
import { ask, type QuestionOptions } from '../ask.ts'
import { columns, yesNo } from '../columns.ts'

const HEAD = ['FIELD', 'TYPE', 'REQUIRED', 'CREATE', 'UPDATE', 'EXTERNAL ID', 'UNIQUE', 'LABEL']

export async function describe(connection: string, object: string, options: QuestionOptions): Promise<void> {
  const input: DescribeObjectInput = { connection, object }
  const answer = await ask<DescribeObjectAnswer>({ type: 'describeObject', input, about: connection }, options)
  if (options.json) {
    console.log(JSON.stringify(answer, undefined, 2))
    return
  }
  const may = [answer.createable ? 'create' : '', answer.updateable ? 'update' : ''].filter(word => word !== '')
  console.log(
    `${answer.object} (${answer.label}): this user may ${may.join(' and ') || 'neither create nor update'} it.\n`,
  )
  console.log(columns(answer.fields.map(fieldRow), { head: HEAD }))
}

function fieldRow(field: DescribedField): readonly string[] {
  const type = field.length > 0 ? `${field.type}(${field.length})` : field.type
  const flags = [field.required, field.createable, field.updateable, field.externalId, field.unique].map(yesNo)
  return [field.name, type, ...flags, field.label]
}
