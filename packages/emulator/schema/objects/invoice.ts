import {
  boolean,
  currency,
  date,
  datetime,
  double,
  email,
  geolocation,
  id,
  longText,
  multipicklist,
  percent,
  phone,
  picklist,
  reference,
  string,
  time,
  url,
} from '../fieldBuilders.ts'
import {
  caseSensitive,
  externalId,
  idLookup,
  nameField,
  readOnly,
  required,
  restricted,
  system,
  unique,
  values,
} from '../fieldTraits.ts'
import { fileChildren } from '../files.ts'
import { object } from '../objectBuilder.ts'
import { audit, lastActivity, lastViewed, owner } from '../systemFields.ts'

/**
 * Invoice__c: a custom object with a field of every type that an admin can create. Its three External IDs are a case-insensitive unique one,
 * a case-sensitive unique one, and one that is not unique. Its name is an auto-number.
 */
export const invoice = object(
  {
    name: 'Invoice__c',
    label: 'Invoice',
    labelPlural: 'Invoices',
    keyPrefix: 'a00',
    feedEnabled: false,
    scopes: { everything: 'All invoices', mine: 'My invoices' },
    children: fileChildren,
  },
  [
    id('Record ID'),
    owner(),
    boolean('IsDeleted', 'Deleted', readOnly),
    string('Name', 'Invoice Number', 80, nameField, system, idLookup, { autoNumber: true, groupable: false }),
    ...audit(),
    lastActivity(),
    ...lastViewed(),
    string('Ext_Id__c', 'Ext Id', 64, externalId, unique),
    string('Legacy_Key__c', 'Legacy Key', 32, externalId, unique, caseSensitive),
    string('Batch_Ref__c', 'Batch Ref', 40, externalId),
    string('Title__c', 'Title', 120, required),
    longText('Notes__c', 'Notes', 32768),
    currency('Amount__c', 'Amount', 2),
    percent('Discount__c', 'Discount', 5, 2),
    double('Quantity__c', 'Quantity', 10, 3),
    // A custom number field without decimals: a double in the API.
    double('Line_Count__c', 'Line Count', 8, 0),
    boolean('Paid__c', 'Paid'),
    date('Due_Date__c', 'Due Date'),
    datetime('Sent_At__c', 'Sent At'),
    time('Cutoff_Time__c', 'Cutoff Time'),
    picklist('Status__c', 'Status', 255, values('Draft*', 'Sent', 'Paid', 'Void=Cancelled'), restricted, {
      defaultedOnCreate: true,
    }),
    multipicklist('Channels__c', 'Channels', values('Email', 'Phone', 'Web', 'Fair=Trade Fair'), restricted),
    email('Billing_Email__c', 'Billing Email'),
    phone('Billing_Phone__c', 'Billing Phone'),
    url('Portal_Url__c', 'Portal URL'),
    ...geolocation('Delivered_At__c', 'Delivered At', 6),
    reference('Account__c', 'Account', 'Account', 'Account__r'),
    reference('Contact__c', 'Contact', 'Contact', 'Contact__r'),
  ],
)
