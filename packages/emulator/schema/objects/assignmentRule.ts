import { boolean, id, picklist, string } from '../fieldBuilders.ts'
import { alwaysVisible, nameField, readOnly, restricted, values } from '../fieldTraits.ts'
import { object } from '../objectBuilder.ts'
import { audit } from '../systemFields.ts'

/**
 * AssignmentRule: gives new leads and cases their owner. Rules are declared when the emulator starts.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_assignmentrule.htm
 */
export const assignmentRule = object(
  {
    name: 'AssignmentRule',
    label: 'Assignment Rule',
    labelPlural: 'Assignment Rules',
    keyPrefix: '01Q',
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
    id('Assignment Rule ID'),
    string('Name', 'Name', 120, nameField, readOnly),
    picklist('SobjectType', 'SObject Type Name', 40, values('Case', 'Lead'), readOnly, restricted, alwaysVisible),
    boolean('Active', 'Active', readOnly),
    ...audit(),
  ],
)
