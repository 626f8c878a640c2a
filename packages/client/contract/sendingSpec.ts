// The keys of a sync that say how its records are divided and sent.
import { z } from 'zod'
import { ADD_GIVEN, strictShape } from './issues.ts'
import { type Duration, integer } from './scalars.ts'

export const chunk = strictShape(
  {
    // The records of a chunk are matched with their results in memory.
    bulkRecords: integer(1, 1_000_000).default(200_000).describe('Records in an ingest job.'),
    // Salesforce accepts 100 MB before its own encoding; the default leaves room for it.
    bulkBytes: integer(10_000, 100_000_000)
      .default(80_000_000)
      .describe('Bytes of CSV in an ingest job. Salesforce accepts at most 100 MB before its own encoding.'),
    collectionsRecords: integer(1, 100_000).default(2_000).describe('Records in a series of collection requests.'),
  },
  '{ bulkRecords: 10000 }',
)
  .prefault({})
  .describe('How the records are divided.')

/** Salesforce accepts no more in one request of sObject Collections. */
export const MOST_REQUEST_RECORDS = 200

export const collections = strictShape(
  {
    recordsPerRequest: integer(1, MOST_REQUEST_RECORDS)
      .default(MOST_REQUEST_RECORDS)
      .describe(
        'Records in one request. Fewer use less Apex CPU time and fewer queries of triggers and flows; a request that the org rejects for such a limit is halved in any case.',
      ),
  },
  '{ recordsPerRequest: 50 }',
)
  .prefault({})
  .describe('How requests of sObject Collections are sent.')

/** Objects that have assignment rules which an Id names: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_assignmentrule.htm */
const WITH_RULES: ReadonlySet<string> = new Set(['lead', 'case'])

/** @param object API name, in any letter case */
export const hasAssignmentRules = (object: string): boolean => WITH_RULES.has(object.toLowerCase())

/** Whether a text has the form of the Id of an assignment rule. */
export const isAssignmentRuleId = (text: string): boolean => /^01Q[a-zA-Z0-9]{12}(?:[A-Z0-5]{3})?$/.test(text)

const RULE = 'expected true, false or the Id of an assignment rule, which begins with 01Q'

export const assignmentRule = z
  .union([z.boolean(), z.string().refine(isAssignmentRuleId, { error: RULE, params: ADD_GIVEN })], { error: RULE })
  .default(false)
  .describe(
    'Whether the active assignment rule runs (Lead, Case; by requests of sObject Collections the territory rules of Account too), or the Id of the rule that runs, active or not.',
  )

export const resend = (time: Duration) =>
  strictShape(
    {
      maxAttempts: integer(1, 20)
        .default(5)
        .describe('Attempts for records rejected for a transient reason, including the first.'),
      delay: time.default(5_000).describe('Delay before the second attempt; doubled for each later one.'),
      // A REST call runs at most 10 minutes in the org.
      lostAnswerWait: time
        .default(600_000)
        .describe('Time after which Salesforce can no longer process a request whose answer was lost.'),
    },
    '{ maxAttempts: 5 }',
  )
    .prefault({})
    .describe('How records are sent again that were rejected for a transient reason.')

/** Whether duplicate rules reject records that they let be saved. */
const DUPLICATE_RULES = ['enforce', 'allowSave'] as const

export const duplicateRules = z
  .enum(DUPLICATE_RULES)
  .default('enforce')
  .describe(
    'What happens to a record that a duplicate rule of the org matches: with enforce it is rejected, with allowSave it is saved if the rule allows that. allowSave needs sObject Collections, which engine: auto then chooses.',
  )
