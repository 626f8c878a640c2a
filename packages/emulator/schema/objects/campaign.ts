import {
  boolean,
  currency,
  date,
  double,
  id,
  int,
  longText,
  percent,
  picklist,
  reference,
  string,
} from '../fieldBuilders.ts'
import { computed, defaulted, nameField, readOnly, required, values } from '../fieldTraits.ts'
import { fileChildren } from '../files.ts'
import { child, object } from '../objectBuilder.ts'
import { audit, lastActivity, lastViewed, owner } from '../systemFields.ts'

const campaignTypes = values(
  'Conference',
  'Webinar',
  'Trade Show',
  'Public Relations',
  'Partners',
  'Referral Program',
  'Advertisement',
  'Banner Ads',
  'Direct Mail',
  'Email',
  'Telemarketing',
  'Other',
)

/** Campaign: with the numbers that Salesforce sums over its members and opportunities. */
export const campaign = object(
  {
    name: 'Campaign',
    label: 'Campaign',
    labelPlural: 'Campaigns',
    keyPrefix: '701',
    deepCloneable: true,
    feedEnabled: false,
    scopes: { everything: 'All campaigns', mine: 'My campaigns' },
    children: [
      child('Campaign', 'ParentId', 'ChildCampaigns'),
      child('CampaignMember', 'CampaignId', 'CampaignMembers', 'cascade'),
      child('Opportunity', 'CampaignId', 'Opportunities'),
      child('Task', 'WhatId', 'Tasks', 'cascade'),
      ...fileChildren,
    ],
  },
  [
    id('Campaign ID'),
    boolean('IsDeleted', 'Deleted', readOnly),
    string('Name', 'Name', 80, nameField, required),
    reference('ParentId', 'Parent Campaign ID', 'Campaign', 'Parent'),
    picklist('Type', 'Type', 40, campaignTypes),
    picklist('Status', 'Status', 40, values('Planned*', 'In Progress', 'Completed', 'Aborted'), defaulted),
    date('StartDate', 'Start Date'),
    date('EndDate', 'End Date'),
    currency('ExpectedRevenue', 'Expected Revenue in Campaign', 0),
    currency('BudgetedCost', 'Budgeted Cost in Campaign', 0),
    currency('ActualCost', 'Actual Cost in Campaign', 0),
    percent('ExpectedResponse', 'Expected Response (%)', 10, 2, defaulted),
    double('NumberSent', 'Num Sent in Campaign', 18, 0, defaulted),
    boolean('IsActive', 'Active'),
    longText('Description', 'Description', 32000),
    int('NumberOfLeads', 'Leads in Campaign', computed, { nillable: false }),
    int('NumberOfConvertedLeads', 'Converted Leads in Campaign', computed, { nillable: false }),
    int('NumberOfContacts', 'Contacts in Campaign', computed, { nillable: false }),
    int('NumberOfResponses', 'Responses in Campaign', computed, { nillable: false }),
    int('NumberOfOpportunities', 'Opportunities in Campaign', computed, { nillable: false }),
    int('NumberOfWonOpportunities', 'Won Opportunities in Campaign', computed, { nillable: false }),
    currency('AmountAllOpportunities', 'Value Opportunities in Campaign', 0, computed, { nillable: false }),
    currency('AmountWonOpportunities', 'Value Won Opportunities in Campaign', 0, computed, { nillable: false }),
    owner(),
    ...audit(),
    lastActivity(),
    ...lastViewed(),
    reference('CampaignMemberRecordTypeId', 'Record Type ID', 'RecordType', 'CampaignMemberRecordType', {
      permissionable: false,
      searchPrefilterable: false,
    }),
  ],
)
