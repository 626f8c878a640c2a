import { boolean, date, email, id, longText, phone, picklist, reference, shortText, string } from '../fieldBuilders.ts'
import { alwaysVisible, createOnly, defaulted, readOnly, required, values } from '../fieldTraits.ts'
import { object } from '../objectBuilder.ts'
import { leadSources } from '../picklists.ts'
import { audit } from '../systemFields.ts'

/** CampaignMember: a lead or a contact in a campaign. The person's fields are copies of the lead or contact, and read-only. */
export const campaignMember = object(
  {
    name: 'CampaignMember',
    label: 'Campaign Member',
    labelPlural: 'Campaign Members',
    keyPrefix: '00v',
    feedEnabled: false,
    mruEnabled: false,
    searchable: false,
    undeletable: false,
    scopes: { everything: 'All campaign members' },
  },
  [
    id('Campaign Member ID'),
    boolean('IsDeleted', 'Deleted', readOnly),
    reference('CampaignId', 'Campaign ID', 'Campaign', 'Campaign', required, createOnly),
    reference('LeadId', 'Lead ID', 'Lead', 'Lead', alwaysVisible, createOnly),
    reference('ContactId', 'Contact ID', 'Contact', 'Contact', alwaysVisible, createOnly),
    picklist('Status', 'Status', 40, values('Sent*', 'Responded'), alwaysVisible, defaulted),
    boolean('HasResponded', 'Responded', readOnly),
    ...audit(),
    date('FirstRespondedDate', 'First Responded Date', readOnly),
    picklist('Salutation', 'Salutation', 40, values('Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.'), readOnly),
    string('Name', 'Full Name', 203, readOnly, { nameField: true }),
    string('FirstName', 'First Name', 40, readOnly),
    string('LastName', 'Last Name', 80, readOnly),
    string('Title', 'Title', 128, readOnly),
    shortText('Street', 'Street', readOnly),
    string('City', 'City', 40, readOnly),
    string('State', 'State/Province', 80, readOnly),
    string('PostalCode', 'Zip/Postal Code', 20, readOnly),
    string('Country', 'Country', 80, readOnly),
    email('Email', 'Email', readOnly),
    phone('Phone', 'Phone', readOnly),
    phone('Fax', 'Fax', readOnly),
    phone('MobilePhone', 'Mobile Phone', readOnly),
    longText('Description', 'Description', 32000, readOnly),
    boolean('DoNotCall', 'Do Not Call', readOnly),
    boolean('HasOptedOutOfEmail', 'Email Opt Out', readOnly),
    boolean('HasOptedOutOfFax', 'Fax Opt Out', readOnly),
    picklist('LeadSource', 'Lead Source', 255, leadSources, readOnly),
    string('CompanyOrAccount', 'Company (Account)', 255, readOnly),
    string('Type', 'Type', 40, readOnly),
    reference('LeadOrContactId', 'Related Record ID', ['Contact', 'Lead'], 'LeadOrContact', readOnly, {
      polymorphicForeignKey: true,
      namePointing: true,
    }),
    reference('LeadOrContactOwnerId', 'Related Record Owner ID', ['Group', 'User'], 'LeadOrContactOwner', readOnly, {
      polymorphicForeignKey: true,
      namePointing: true,
    }),
  ],
)
