import { account } from './objects/account.ts'
import { campaign } from './objects/campaign.ts'
import { campaignMember } from './objects/campaignMember.ts'
import { caseObject } from './objects/case.ts'
import { contact } from './objects/contact.ts'
import { invoice } from './objects/invoice.ts'
import { lead } from './objects/lead.ts'
import { opportunity } from './objects/opportunity.ts'
import { organization } from './objects/organization.ts'
import { task } from './objects/task.ts'
import { user } from './objects/user.ts'
import type { ObjectSchema } from './types.ts'

const objects: readonly ObjectSchema[] = [
  account,
  campaign,
  campaignMember,
  caseObject,
  contact,
  invoice,
  lead,
  opportunity,
  organization,
  task,
  user,
]

/** The objects of the emulated org, by name in lower case, in the order describe global lists them. */
export function standardSchema(): Map<string, ObjectSchema> {
  return new Map(objects.map(object => [object.name.toLowerCase(), object]))
}
