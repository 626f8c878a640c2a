import { address, boolean, datetime, id, int, phone, picklist, string } from '../fieldBuilders.ts'
import { nameField, readOnly, required, restricted, updateOnly, values } from '../fieldTraits.ts'
import { object } from '../objectBuilder.ts'
import { audit } from '../systemFields.ts'

const organizationTypes = values(
  'Team Edition',
  'Professional Edition',
  'Enterprise Edition',
  'Developer Edition',
  'Unlimited Edition',
)

/** Organization: the single record that describes this org. */
export const organization = object(
  {
    name: 'Organization',
    label: 'Organization',
    labelPlural: 'Organizations',
    keyPrefix: '00D',
    compactLayoutable: false,
    createable: false,
    deletable: false,
    feedEnabled: false,
    layoutable: false,
    mruEnabled: false,
    searchLayoutable: false,
    searchable: false,
    triggerable: false,
    undeletable: false,
    scopes: { everything: 'All organizations' },
  },
  [
    id('Organization ID'),
    string('Name', 'Name', 80, nameField, required, updateOnly),
    string('Division', 'Division', 80, updateOnly),
    ...address('').map(field => ({ ...field, createable: false })),
    phone('Phone', 'Phone', updateOnly),
    phone('Fax', 'Fax', updateOnly),
    string('PrimaryContact', 'Primary Contact', 80, updateOnly),
    picklist(
      'DefaultLocaleSidKey',
      'Locale',
      40,
      values('en_US=English (United States)'),
      required,
      restricted,
      updateOnly,
    ),
    picklist(
      'TimeZoneSidKey',
      'Time Zone',
      40,
      values('GMT=(GMT+00:00) Greenwich Mean Time (GMT)'),
      readOnly,
      restricted,
    ),
    picklist('LanguageLocaleKey', 'Language', 40, values('en_US=English'), required, restricted, updateOnly),
    int('FiscalYearStartMonth', 'Fiscal Year Starts In', readOnly),
    picklist('OrganizationType', 'Edition', 40, organizationTypes, readOnly, restricted),
    string('NamespacePrefix', 'Namespace Prefix', 15, readOnly),
    string('InstanceName', 'Instance Name', 5, readOnly),
    boolean('IsSandbox', 'Is Sandbox', readOnly),
    boolean('IsReadOnly', 'Is Read Only', readOnly),
    datetime('TrialExpirationDate', 'Trial Expiration Date', readOnly),
    ...audit(),
  ],
)
