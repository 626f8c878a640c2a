import { DEFAULT_RECORD_TYPES, type RecordTypeDeclaration } from '../records/recordTypes.ts'
import { withAddressPicklists } from './addressPicklists.ts'
import { withFields } from './objectBuilder.ts'
import { account } from './objects/account.ts'
import { assignmentRule } from './objects/assignmentRule.ts'
import { attachment } from './objects/attachment.ts'
import { campaign } from './objects/campaign.ts'
import { campaignMember } from './objects/campaignMember.ts'
import { caseObject } from './objects/case.ts'
import { contact } from './objects/contact.ts'
import { contentDocument } from './objects/contentDocument.ts'
import { contentDocumentLink } from './objects/contentDocumentLink.ts'
import { contentVersion } from './objects/contentVersion.ts'
import { group } from './objects/group.ts'
import { invoice } from './objects/invoice.ts'
import { lead } from './objects/lead.ts'
import { opportunity } from './objects/opportunity.ts'
import { organization } from './objects/organization.ts'
import { recordType } from './objects/recordType.ts'
import { task } from './objects/task.ts'
import { user } from './objects/user.ts'
import { userPermissionAccess } from './objects/userPermissionAccess.ts'
import { accountWithPersons } from './personAccounts.ts'
import { recordTypeId } from './systemFields.ts'
import type { ObjectSchema } from './types.ts'

const objects: readonly ObjectSchema[] = [
  account,
  assignmentRule,
  attachment,
  campaign,
  campaignMember,
  caseObject,
  contact,
  contentDocument,
  contentDocumentLink,
  contentVersion,
  group,
  invoice,
  lead,
  opportunity,
  organization,
  recordType,
  task,
  user,
  userPermissionAccess,
]

/** The settings of an org that add fields. */
type SchemaOptions = {
  readonly personAccounts?: boolean
  readonly addressPicklists?: boolean
  readonly recordTypes?: readonly RecordTypeDeclaration[]
}

function withRecordTypes(schema: ObjectSchema, types: readonly RecordTypeDeclaration[]): ObjectSchema {
  const hasTypes = types.some(({ object }) => object === schema.name)
  return !hasTypes || schema.fieldsByName.has('recordtypeid')
    ? schema
    : withFields(schema, [...schema.fields, recordTypeId()])
}

/** The objects of the emulated org, by name in lower case, in the order describe global lists them. */
export function standardSchema(options: SchemaOptions = {}): Map<string, ObjectSchema> {
  const { personAccounts = false, addressPicklists = false, recordTypes = DEFAULT_RECORD_TYPES } = options
  const withPersons = personAccounts
    ? objects.map(object => (object === account ? accountWithPersons() : object))
    : objects
  const listed = addressPicklists ? withPersons.map(withAddressPicklists) : withPersons
  return new Map(listed.map(object => [object.name.toLowerCase(), withRecordTypes(object, recordTypes)]))
}
