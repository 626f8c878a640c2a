import { boolean, id, picklist, reference, string } from '../fieldBuilders.ts'
import { alwaysVisible, nameField, readOnly, required, restricted, values } from '../fieldTraits.ts'
import { object } from '../objectBuilder.ts'
import { audit } from '../systemFields.ts'

/** RecordType: the types that records of an object may have. They are declared when the emulator starts. */
export const recordType = object(
  {
    name: 'RecordType',
    label: 'Record Type',
    labelPlural: 'Record Types',
    keyPrefix: '012',
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
    updateable: false,
  },
  [
    id('Record Type ID'),
    string('Name', 'Name', 80, nameField, required),
    string('DeveloperName', 'Record Type Name', 80, required),
    string('NamespacePrefix', 'Namespace Prefix', 15, readOnly),
    string('Description', 'Description', 255, alwaysVisible),
    reference('BusinessProcessId', 'Business Process ID', 'BusinessProcess', 'BusinessProcess', alwaysVisible),
    picklist(
      'SobjectType',
      'SObject Type Name',
      40,
      values('Account', 'Campaign', 'Case', 'Contact', 'Lead', 'Opportunity', 'Task'),
      restricted,
      {
        ...required,
        updateable: false,
      },
    ),
    boolean('IsActive', 'Active', alwaysVisible),
    boolean('IsPersonType', 'Is Person Type', readOnly),
    ...audit(),
  ],
)
