// A suggested sync as YAML, with the reason beside each line. No comment has a value of a record but words of picklists and checkboxes.
import { stringify } from 'yaml'
import { isObject } from '../../packages/client/contract/issues.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import type { Proposal } from './matchColumns.ts'
import type { SuggestedSync } from './suggestSync.ts'
import { isTranslatable, translatedColumn } from './translation.ts'

/** A line of YAML, and what stands behind it as a comment. */
type Line = { readonly yaml: string; readonly comment?: string | undefined }

export type SyncTextOptions = {
  readonly connection: string
  /** A mapping, such as `{ uri: "file:data/contacts.csv" }`. */
  readonly source: Readonly<Record<string, unknown>>
  /** How the source was read, as a comment. */
  readonly reading?: string | undefined
  /** Why the object was chosen. */
  readonly objectReason?: string | undefined
}

/** Characters of a line before its comment; longer lines have theirs right behind them. */
const WIDEST = 44

export function syncText(suggested: SuggestedSync, options: SyncTextOptions): string {
  const { object, key, formats, formatReasons, missing } = suggested
  const { operationColumn } = key
  const lines: readonly Line[] = [
    { yaml: `connection: ${scalar(options.connection)}` },
    { yaml: `object: ${object.name}`, comment: options.objectReason },
    { yaml: `operation: ${key.operation}`, comment: key.reason },
    ...(operationColumn === undefined
      ? []
      : [
          {
            yaml: `# operation: ${flow({ column: operationColumn })}`,
            comment: '? the column names an operation for each record',
          },
        ]),
    ...(key.externalIdField === undefined ? [] : [{ yaml: `externalIdField: ${key.externalIdField}` }]),
    ...(key.keyField === undefined ? [] : [{ yaml: `keyField: ${key.keyField}` }]),
    { yaml: 'source:' },
    ...sourceLines(suggested, options),
    { yaml: 'fields:' },
    ...fieldLines(suggested),
    ...missing.map(name => ({ yaml: `  # ${name}: { value: … }`, comment: 'required, and no column fills it' })),
    ...(Object.keys(formats).length === 0 ? [] : [{ yaml: 'formats:' }]),
    ...Object.entries(formats).map(([name, value]) => ({
      yaml: `  ${name}: ${flow(value)}`,
      comment: formatReasons[name],
    })),
    ...suggested.undecided.map(({ column, patterns }) => ({
      yaml: `# formats: ${flow({ dates: patterns.slice(0, 1) })}`,
      comment: `? or ${patterns.slice(1).join(' or ')}: no value of ${oneLine(column)} decides`,
    })),
    { yaml: `identityFields: ${flow(key.identityFields)}`, comment: 'repeated in results.csv' },
    ...leftLines(suggested),
  ]
  return lines.map(lineText).join('\n')
}

function sourceLines({ blankValues }: SuggestedSync, { source, reading }: SyncTextOptions): readonly Line[] {
  const keys = [
    ...Object.entries(source).map(([key, value]) => ({
      yaml: `  ${key}: ${flow(value)}`,
      comment: key === 'uri' ? reading : undefined,
    })),
    ...(blankValues.length === 0 || 'blankValues' in source
      ? []
      : [{ yaml: `  blankValues: ${flow(blankValues)}`, comment: 'mean that there is no value' }]),
  ]
  return keys
}

function fieldLines({ matches }: SuggestedSync): readonly Line[] {
  return matches.flatMap(({ facts, match, proposals }) => {
    const line = (one: Proposal, isTranslated: boolean) => {
      const mapping = isTranslated ? translatedColumn(facts.name, one) : mappingOf(one, facts.name)
      return `${scalar(one.key)}: ${mapping === undefined ? scalar(facts.name) : flow(mapping)}`
    }
    const taken =
      match === undefined ? [] : [{ yaml: `  ${line(match, match.translated === true)}`, comment: reasonOf(match) }]
    const asked = proposals.map(one => ({
      yaml: `  # ${line(one, isTranslatable(one))}`,
      comment: `? ${reasonOf(one)}`,
    }))
    return [...taken, ...asked]
  })
}

/** The mapping of a column that is not the value of its field; undefined for one that is. */
function mappingOf({ parent, content }: Proposal, column: string) {
  if (content !== undefined) return { [content]: column }
  return parent && { ...parent, from: column }
}

const reasonOf = ({ reason, note }: Proposal): string => (note === undefined ? reason : `${reason}; ${note}`)

function leftLines({ matches }: SuggestedSync): readonly Line[] {
  const left = matches.filter(({ match, proposals }) => match === undefined && proposals.length === 0)
  if (left.length === 0) return []
  return [
    { yaml: '# Columns that fill no field:' },
    ...left.map(({ facts, note, position }) => ({
      yaml: `#   ${facts.name === '' ? `column ${position + 1}` : oneLine(facts.name)}`,
      comment: note,
    })),
  ]
}

function lineText({ yaml, comment }: Line): string {
  if (comment === undefined) return yaml
  return `${yaml.padEnd(WIDEST)}${yaml.length >= WIDEST ? '   ' : ''}# ${oneLine(comment)}`
}

/** A text that cannot end a comment. */
const oneLine = (text: string): string => visibleText(text.replaceAll(/\s+/g, ' '))

/** A text as YAML on one line. */
function scalar(text: string): string {
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text) ? JSON.stringify(text) : stringify(text, { lineWidth: 0 }).trimEnd()
}

/** A value as YAML in braces and brackets. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${/^[A-Za-z]\w*$/.test(key) ? key : flow(key)}: ${flow(one)}`)
      .join(', ')} }`
  if (typeof value !== 'string') return String(value)
  // In a list, so that marks of lists and mappings are quoted.
  const list = stringify([value], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd()
  return list.includes('\n') ? JSON.stringify(value) : list.slice(1, -1)
}
