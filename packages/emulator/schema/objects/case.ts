import { boolean, datetime, email, id, longText, phone, picklist, reference, string } from '../fieldBuilders.ts'
import { alwaysVisible, computed, defaulted, idLookup, nameField, readOnly, system, values } from '../fieldTraits.ts'
import { fileChildren } from '../files.ts'
import { child, object } from '../objectBuilder.ts'
import { audit, lastViewed, masterRecord, ownerOrQueue } from '../systemFields.ts'

/** Case: the fields of a new org. */
export const caseObject = object(
  {
    name: 'Case',
    label: 'Case',
    labelPlural: 'Cases',
    keyPrefix: '500',
    scopes: {
      everything: 'All cases',
      genericteam: 'My case teams cases',
      mine: 'My cases',
      queue_owned: 'Queue owned cases',
      team_by_role: "My role-based team's cases",
      user_owned: 'User owned cases',
    },
    children: [child('Case', 'ParentId', 'Cases'), child('Task', 'WhatId', 'Tasks', 'cascade'), ...fileChildren],
  },
  [
    id('Case ID'),
    boolean('IsDeleted', 'Deleted', readOnly),
    masterRecord('Case'),
    string('CaseNumber', 'Case Number', 30, nameField, system, idLookup, { autoNumber: true, groupable: false }),
    reference('ContactId', 'Contact ID', 'Contact', 'Contact'),
    reference('AccountId', 'Account ID', 'Account', 'Account'),
    reference('AssetId', 'Asset ID', 'Asset', 'Asset'),
    reference('ParentId', 'Parent Case ID', 'Case', 'Parent'),
    string('SuppliedName', 'Name', 80),
    email('SuppliedEmail', 'Email Address'),
    string('SuppliedPhone', 'Phone', 40),
    string('SuppliedCompany', 'Company', 80),
    picklist('Type', 'Case Type', 40, values('Mechanical', 'Electrical', 'Electronic', 'Structural', 'Other')),
    picklist('Status', 'Status', 40, values('New*', 'Working', 'Escalated', 'Closed'), alwaysVisible, defaulted),
    picklist(
      'Reason',
      'Case Reason',
      40,
      values(
        'Installation',
        'Equipment Complexity',
        'Performance',
        'Breakdown',
        'Equipment Design',
        'Feedback',
        'Other',
      ),
    ),
    picklist('Origin', 'Case Origin', 40, values('Phone', 'Email', 'Web')),
    string('Subject', 'Subject', 255),
    picklist('Priority', 'Priority', 40, values('High', 'Medium*', 'Low'), defaulted),
    longText('Description', 'Description', 32000),
    boolean('IsClosed', 'Closed', readOnly),
    datetime('ClosedDate', 'Closed Date', computed),
    boolean('IsEscalated', 'Escalated'),
    ownerOrQueue(),
    ...audit(),
    phone('ContactPhone', 'Contact Phone', readOnly),
    phone('ContactMobile', 'Contact Mobile', readOnly),
    email('ContactEmail', 'Contact Email', readOnly),
    phone('ContactFax', 'Contact Fax', readOnly),
    longText('Comments', 'Internal Comments', 4000, alwaysVisible, {
      byteLength: 4000,
      aggregatable: true,
      sortable: true,
    }),
    ...lastViewed(),
  ],
)
