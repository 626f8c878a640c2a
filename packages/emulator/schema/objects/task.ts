import { boolean, date, datetime, id, int, longText, picklist, reference, string } from '../fieldBuilders.ts'
import { alwaysVisible, defaulted, nameField, readOnly, required, restricted, values } from '../fieldTraits.ts'
import { fileChildren } from '../files.ts'
import { object } from '../objectBuilder.ts'
import { audit, ownerOrQueue } from '../systemFields.ts'

const polymorphic = { polymorphicForeignKey: true, namePointing: true, searchPrefilterable: false }

/** Task: for a person (Who) and about a record (What). */
export const task = object(
  {
    name: 'Task',
    label: 'Task',
    labelPlural: 'Tasks',
    keyPrefix: '00T',
    mruEnabled: false,
    scopes: { everything: 'All tasks', mine: 'My tasks' },
    children: fileChildren,
  },
  [
    id('Activity ID'),
    reference('WhoId', 'Name ID', ['Contact', 'Lead'], 'Who', alwaysVisible, polymorphic),
    reference(
      'WhatId',
      'Related To ID',
      ['Account', 'Campaign', 'Case', 'Invoice__c', 'Opportunity'],
      'What',
      alwaysVisible,
      polymorphic,
    ),
    {
      ...string('Subject', 'Subject', 255, nameField),
      type: 'combobox',
      picklistValues: values('Call', 'Send Letter', 'Send Quote', 'Other'),
    },
    date('ActivityDate', 'Due Date Only'),
    picklist(
      'Status',
      'Status',
      255,
      values('Not Started*', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'),
      required,
      defaulted,
    ),
    picklist('Priority', 'Priority', 255, values('High', 'Normal*', 'Low'), required, defaulted),
    boolean('IsHighPriority', 'High Priority', readOnly),
    ownerOrQueue(),
    longText('Description', 'Description', 32000),
    boolean('IsDeleted', 'Deleted', readOnly),
    reference('AccountId', 'Account ID', 'Account', 'Account', readOnly),
    boolean('IsClosed', 'Closed', readOnly),
    ...audit(),
    boolean('IsArchived', 'Archived', readOnly),
    int('CallDurationInSeconds', 'Call Duration'),
    picklist('CallType', 'Call Type', 40, values('Internal', 'Inbound', 'Outbound'), restricted),
    string('CallDisposition', 'Call Result', 255),
    string('CallObject', 'Call Object Identifier', 255),
    datetime('ReminderDateTime', 'Reminder Date/Time', alwaysVisible),
    boolean('IsReminderSet', 'Reminder Set', alwaysVisible),
    datetime('CompletedDateTime', 'Completed Date', readOnly),
    picklist('TaskSubtype', 'Task Subtype', 40, values('Task*', 'Email', 'List Email', 'Cadence', 'Call'), restricted, {
      permissionable: false,
      updateable: false,
      defaultedOnCreate: true,
    }),
  ],
)
