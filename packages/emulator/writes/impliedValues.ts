import { bodyOfKey } from '../records/fileBodies.ts'
import { salesforceDatetime } from '../records/recordView.ts'
import { fileOfPath } from '../schema/files.ts'
import { CLOSED_CASE_STATUS, OPPORTUNITY_STAGES } from '../schema/statusMeanings.ts'

/** A record before it is stored. */
type Write = {
  /** The value after the write, '' for none. */
  readonly after: (fieldName: string) => string
  /** The value before the write, '' for a new record. */
  readonly before: (fieldName: string) => string
  /** Whether the caller gives the field a value. */
  readonly isGiven: (fieldName: string) => boolean
  /** Epoch milliseconds. */
  readonly now: number
}

type Implied = readonly (readonly [fieldName: string, text: string])[]

// The stage sets both fields when it changes; the caller may override them in the same request.
function ofOpportunity({ after, before, isGiven }: Write): Implied {
  const stage = OPPORTUNITY_STAGES[after('StageName')]
  if (stage === undefined || after('StageName') === before('StageName')) return []
  const implied = [
    ['Probability', stage.probability],
    ['ForecastCategoryName', stage.forecastCategoryName],
  ] as const
  return implied.filter(([name]) => !isGiven(name))
}

function ofCase({ after, before, now }: Write): Implied {
  const isClosed = after('Status') === CLOSED_CASE_STATUS
  if (isClosed === (before('Status') === CLOSED_CASE_STATUS)) return []
  return [['ClosedDate', isClosed ? salesforceDatetime(now) : '']]
}

// Of both persons "only the ContactId is inserted": object reference, CampaignMember, "Usage".
function ofCampaignMember({ isGiven }: Write): Implied {
  return isGiven('ContactId') && isGiven('LeadId') ? [['LeadId', '']] : []
}

// https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentversion.htm
function ofContentVersion({ after, before, isGiven, now }: Write): Implied {
  const { title, extension, fileType } = fileOfPath(after('PathOnClient'))
  const ofPath = { FileType: fileType, FileExtension: extension, ...(!isGiven('Title') && { Title: title }) }
  const implied = before('FileType') === '' ? Object.entries(ofPath) : []
  if (after('VersionData') === before('VersionData')) return implied
  const { md5, bytes } = bodyOfKey(after('VersionData'))
  return [
    ...implied,
    ['ContentSize', String(bytes)],
    ['Checksum', md5],
    ...(isGiven('ContentModifiedDate') ? [] : [['ContentModifiedDate', salesforceDatetime(now)] as const]),
  ]
}

function ofAttachment({ after, before }: Write): Implied {
  return after('Body') === before('Body') ? [] : [['BodyLength', String(bodyOfKey(after('Body')).bytes)]]
}

const IMPLIED_VALUES: Readonly<Record<string, (write: Write) => Implied>> = {
  Opportunity: ofOpportunity,
  Case: ofCase,
  CampaignMember: ofCampaignMember,
  ContentVersion: ofContentVersion,
  Attachment: ofAttachment,
}

/** The function that returns the values which an org stores besides the given ones, for objects that have such values. */
export function impliedValues(objectName: string): ((write: Write) => Implied) | undefined {
  return IMPLIED_VALUES[objectName]
}
