// `allow:` of sflink.yaml: what callers of the workflows may load.
import { z } from 'zod'
import { type CallerRules, OTHER_LOOKUP, OTHER_QUERY } from '../loader/spec/callerRules.ts'
import { type Problem, strictShape } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { syncSpecSchema } from '../packages/client/contract/syncSpec.ts'

/** A caller who could replace them would load anything anywhere. */
const FIXED = ['connection', 'object'] as const

const overridable = z.enum([...syncSpecSchema.keyof().exclude(FIXED).options, OTHER_QUERY, OTHER_LOOKUP])

export const allowSchema = strictShape(
  {
    syncs: z
      .array(z.string(), { error: 'expected a list such as [contacts]' })
      .describe('The syncs that callers may run; all of this file when left out')
      .optional(),
    overrides: z
      .array(overridable, { error: 'expected a list such as [source]' })
      .describe(
        'The keys of a sync that a run may replace; none when left out. source.query: also a database, a table, a query and sql; fields.lookup: also other lookups',
      )
      .optional(),
  },
  '{ syncs: [contacts], overrides: [source] }',
).describe('Restricts callers of the workflows to syncs of this file; when left out they may load anything')

type WrittenAllow = z.output<typeof allowSchema>

export function callerRules(written: WrittenAllow, syncNames: readonly string[]): CallerRules {
  return { syncs: written.syncs ?? syncNames, overrides: written.overrides ?? [] }
}

export function allowProblems(written: WrittenAllow | undefined, syncNames: readonly string[]): readonly Problem[] {
  return (written?.syncs ?? []).flatMap((name, index) => {
    if (syncNames.includes(name)) return []
    const message = `"${name}" is not under syncs; use names of ${syncNames.join(', ')}${didYouMean(name, syncNames)}`
    return [{ path: ['allow', 'syncs', index], message }]
  })
}
