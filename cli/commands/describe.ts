import type {
  DescribedField,
  DescribeObjectAnswer,
  DescribeObjectInput,
} from '../../packages/client/contract/inspection.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { count } from '../../workflows/page/markdown.ts'
import { columns, printJson, terminalWidth, wrapped, yesNo } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'
import { ask } from '../temporal.ts'

/** Values of a picklist in the table of an object; the table of a field has all. */
const VALUES_SHOWN = 6

export async function describe(
  connection: string,
  object: string,
  field: string | undefined,
  options: SharedOptions,
): Promise<void> {
  const input: DescribeObjectInput = { connection, object, ...present({ field }) }
  const answer = await ask<DescribeObjectAnswer>({ type: 'describeObject', input, about: connection }, options)
  const [only] = answer.fields
  if (options.json) return printJson(field === undefined ? answer : only)
  console.log(field === undefined || only === undefined ? objectText(answer) : fieldText(answer, only))
}

const HEAD = ['FIELD', 'TYPE', 'REQUIRED', 'CREATE', 'UPDATE', 'EXTERNAL ID', 'UNIQUE', 'LABEL', 'REFERS TO, VALUES']
/** What a narrow terminal does without, in this order. */
const DROPPED = ['LABEL', 'UNIQUE']

function objectText({
  connection,
  object,
  label,
  createable,
  updateable,
  deletable,
  recordTypes,
  fields,
}: DescribeObjectAnswer): string {
  const may = [createable ? 'create' : '', updateable ? 'update' : '', deletable ? 'delete' : ''].filter(
    word => word !== '',
  )
  const types = recordTypes.map(({ developerName, name }) =>
    developerName === name ? name : `${developerName} (${name})`,
  )
  const example = fields.find(({ picklist }) => picklist !== undefined && picklist.count > VALUES_SHOWN)
  return [
    `${object} (${label}): this user may ${LIST.format(may) || 'neither create nor update nor delete'} it.`,
    types.length === 0 ? '' : lines(`Record types: ${types.join(', ')}`),
    columns(fields.map(fieldRow), { head: HEAD, drop: DROPPED }),
    example === undefined ? '' : `All values: sflink describe ${connection} ${object} ${example.name}`,
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

const LIST = new Intl.ListFormat('en-US')

const lines = (text: string): string => wrapped(text, terminalWidth()).join('\n')

const typeText = ({ type, length }: DescribedField): string => (length > 0 ? `${type}(${length})` : type)

function fieldRow(field: DescribedField): readonly string[] {
  const flags = [field.required, field.createable, field.updateable, field.externalId, field.unique].map(yesNo)
  return [field.name, typeText(field), ...flags, field.label, referenceText(field) ?? valuesText(field)]
}

/** `Account, as Account.FIELD` */
function referenceText({ referenceTo, relationshipName }: DescribedField): string | undefined {
  if (referenceTo.length === 0) return undefined
  return relationshipName === undefined
    ? referenceTo.join(', ')
    : `${referenceTo.join(', ')}, as ${relationshipName}.FIELD`
}

function valuesText({ picklist }: DescribedField): string {
  if (picklist === undefined) return ''
  const shown = picklist.values.slice(0, VALUES_SHOWN).map(({ value }) => value)
  const more = picklist.count - shown.length
  return more > 0 ? `${shown.join(', ')}, … ${count(more)} more` : shown.join(', ')
}

function fieldText({ object }: DescribeObjectAnswer, field: DescribedField): string {
  const { name, label, required, externalId, unique, referenceTo, relationshipName, picklist } = field
  const facts = [
    ['Field', `${object}.${name} (${label})`],
    ['Type', picklist?.restricted === true ? `${typeText(field)}, other values are rejected` : typeText(field)],
    ['Required', required ? 'yes, on create' : 'no'],
    ['Writable', writableText(field)],
    ['External ID', externalId ? 'yes' : 'no'],
    ['Unique', unique ? 'yes' : 'no'],
    ...(referenceTo.length === 0 ? [] : [['Refers to', referenceTo.join(', ')]]),
    ...(relationshipName === undefined
      ? []
      : [
          [
            'In a sync',
            `${name}: a column of Ids, or ${relationshipName}.FIELD: a column of values of an External ID field of the parent`,
          ],
        ]),
  ]
  if (picklist === undefined) return columns(facts)
  const values = picklist.values.map(({ value, label: shown = value }) => [value, shown])
  return `${columns(facts)}\n\n${columns(values, { head: ['VALUE', 'LABEL'] })}`
}

function writableText({ createable, updateable }: DescribedField): string {
  if (createable && updateable) return 'on create and update'
  if (createable) return 'on create only'
  return updateable ? 'on update only' : 'never, by this user'
}
