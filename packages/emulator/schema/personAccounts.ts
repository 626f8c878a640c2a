import { address, boolean, date, email, phone, picklist, string } from './fieldBuilders.ts'
import { alwaysVisible, idLookup, personName, readOnly, values } from './fieldTraits.ts'
import { withFields } from './objectBuilder.ts'
import { account } from './objects/account.ts'
import { leadSources } from './picklists.ts'
import type { ObjectSchema } from './types.ts'

/**
 * Account in an org with person accounts: the fields of a contact, with names that begin with Person. The contact behind a person
 * account is not emulated.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm
 */
export function accountWithPersons(): ObjectSchema {
  return withFields(account, [
    ...account.fields,
    string('LastName', 'Last Name', 80, personName),
    string('FirstName', 'First Name', 40, personName),
    picklist('Salutation', 'Salutation', 40, values('Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.'), personName),
    boolean('IsPersonAccount', 'Is Person Account', readOnly),
    ...address('PersonMailing'),
    ...address('PersonOther'),
    phone('PersonMobilePhone', 'Mobile'),
    phone('PersonHomePhone', 'Home Phone'),
    phone('PersonOtherPhone', 'Other Phone'),
    phone('PersonAssistantPhone', 'Asst. Phone'),
    email('PersonEmail', 'Email', idLookup),
    string('PersonTitle', 'Title', 80),
    string('PersonDepartment', 'Department', 80),
    string('PersonAssistantName', 'Assistant', 40),
    picklist('PersonLeadSource', 'Lead Source', 255, leadSources),
    date('PersonBirthdate', 'Birthdate'),
    boolean('PersonHasOptedOutOfEmail', 'Email Opt Out', alwaysVisible),
  ])
}
