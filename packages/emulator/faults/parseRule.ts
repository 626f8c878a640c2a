import { z } from 'zod'
import { FAULT_TYPES, type FaultRule } from './rule.ts'

const count = z.number().int().min(0)
const share = z.number().min(0).max(1)

const match = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  operation: z.string().optional(),
  object: z.string().optional(),
})

const faults = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('cutBefore') }),
  z.strictObject({ type: z.literal('cutAfter') }),
  z.strictObject({ type: z.literal('cutBody'), afterBytes: count }),
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(200).max(599),
    body: z.unknown().optional(),
    html: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('delay'), ms: count }),
  z.strictObject({ type: z.literal('stall') }),
  z.strictObject({ type: z.literal('expireSession') }),
  z.strictObject({ type: z.literal('limitReached') }),
  z.strictObject({
    type: z.literal('lockRows'),
    share: share.optional(),
    match: z.strictObject({ field: z.string(), value: z.string() }).optional(),
  }),
  z.strictObject({ type: z.literal('apexCpu'), msPerRecord: z.number().min(0), exception: z.string().optional() }),
  z.strictObject({ type: z.literal('failJob'), afterRecords: count, errorMessage: z.string().optional() }),
])

const rule = z.strictObject({
  match: match.optional(),
  after: count.optional(),
  times: count.optional(),
  probability: share.optional(),
  seed: z.number().int().optional(),
  fault: faults,
})

/** The problems of a rule received over HTTP, in one line. */
export function ruleProblems({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'rule'}: ${message}`).join('; ')
}

/** Reads a rule received over HTTP. Returns an error message if it is not valid. */
export function parseRule(input: unknown): FaultRule | string {
  const parsed = rule.safeParse(input)
  if (parsed.success) return parsed.data as FaultRule
  return `Not a fault rule: ${ruleProblems(parsed.error)}. Fault types: ${FAULT_TYPES.join(', ')}`
}
