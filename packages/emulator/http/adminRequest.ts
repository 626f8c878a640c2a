import { z } from 'zod'
import type { EmulatorState } from '../emulatorState.ts'
import { parseRule, ruleProblems } from '../faults/parseRule.ts'
import type { DuplicateRuleDeclaration } from '../records/duplicateRules.ts'
import { fieldValue } from '../records/recordView.ts'
import type { Table } from '../records/table.ts'
import { type Answer, json, noContent } from './answer.ts'
import type { ApiRequest } from './apiRequest.ts'

const LINES_A_PIECE = 1000

function problem(status: number, message: string): Answer {
  return json(status, { error: message })
}

function* recordLines(state: EmulatorState, table: Table, fields: readonly string[]): Generator<Buffer> {
  let lines: string[] = []
  for (let place = 0; place < table.count; place++) {
    if (!table.isLive(place)) continue
    const values = fields.map(name => [name, fieldValue(table, place, name, state.org.userId)])
    lines.push(`${JSON.stringify(Object.fromEntries(values))}\n`)
    if (lines.length < LINES_A_PIECE) continue
    yield Buffer.from(lines.join(''))
    lines = []
  }
  yield Buffer.from(lines.join(''))
}

function records(state: EmulatorState, objectName: string, query: URLSearchParams): Answer {
  const table = state.org.table(objectName)
  if (table === undefined) return problem(404, `No object ${objectName} in the emulated org`)
  if (query.get('count') === 'true') return json(200, { count: state.org.countLive(objectName) })
  const names = (query.get('fields') ?? 'Id').split(',')
  const fields = names.map(name => table.schema.fieldsByName.get(name.trim().toLowerCase())?.name ?? name)
  return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: recordLines(state, table, fields) }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function addRule(state: EmulatorState, text: string): Answer {
  const rule = parseRule(parsedJson(text))
  return typeof rule === 'string' ? problem(400, rule) : json(201, { id: state.faults.add(rule) })
}

function clearFaults(state: EmulatorState): Answer {
  state.faults.clear()
  return noContent
}

const duplicateRule = z.strictObject({
  object: z.string(),
  fields: z.array(z.string()).min(1),
  action: z.enum(['block', 'alert']),
  name: z.string().optional(),
  message: z.string().optional(),
})

function addDuplicateRule(state: EmulatorState, text: string): Answer {
  const { success, data, error } = duplicateRule.safeParse(parsedJson(text))
  if (!success) return problem(400, `Not a duplicate rule: ${ruleProblems(error)}`)
  state.org.duplicateRules.add(data as DuplicateRuleDeclaration)
  return noContent
}

function clearDuplicateRules(state: EmulatorState): Answer {
  state.org.duplicateRules.clear()
  return noContent
}

function reset(state: EmulatorState): Answer {
  state.reset()
  return noContent
}

function expireSessions(state: EmulatorState): Answer {
  state.callers.expireAll()
  return noContent
}

/**
 * The emulator's admin API, which no org has: `/emulator/faults` and `/emulator/duplicate-rules` (GET, POST a rule, DELETE all),
 * `/emulator/stats`,
 * `/emulator/credentials`, `/emulator/records/{Object}?fields=A,B` (one JSON line per record) or `?count=true`,
 * `POST /emulator/expire-sessions` and `POST /emulator/reset`.
 */
export function answerAdminRequest(state: EmulatorState, { method, url, body }: ApiRequest): Answer {
  const [, , resource = '', name = ''] = url.pathname.split('/')
  const request = `${method} ${resource}`
  if (request === 'GET faults') return json(200, state.faults.list())
  if (request === 'POST faults') return addRule(state, body.text())
  if (request === 'DELETE faults') return clearFaults(state)
  if (request === 'GET duplicate-rules') return json(200, state.org.duplicateRules.list())
  if (request === 'POST duplicate-rules') return addDuplicateRule(state, body.text())
  if (request === 'DELETE duplicate-rules') return clearDuplicateRules(state)
  if (request === 'GET credentials') return json(200, state.credentials)
  if (request === 'GET stats') return json(200, state.stats())
  if (request === 'GET records') return records(state, decodeURIComponent(name), url.searchParams)
  if (request === 'POST expire-sessions') return expireSessions(state)
  if (request === 'POST reset') return reset(state)
  return problem(404, `The emulator has no ${method} ${url.pathname}`)
}
