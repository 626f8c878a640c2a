import { boolean, email, id, picklist, reference, string } from '../fieldBuilders.ts'
import { alwaysVisible, defaulted, nameField, required, restricted, values } from '../fieldTraits.ts'
import { child, object } from '../objectBuilder.ts'
import { audit } from '../systemFields.ts'

/** Group: public groups and queues. A queue may own leads, cases and tasks. */
export const group = object(
  {
    name: 'Group',
    label: 'Group',
    labelPlural: 'Group',
    keyPrefix: '00G',
    compactLayoutable: false,
    feedEnabled: false,
    layoutable: false,
    mruEnabled: false,
    searchLayoutable: false,
    triggerable: false,
    undeletable: false,
    scopes: { everything: 'All groups', mine: 'My groups' },
    children: [child('Case', 'OwnerId', null), child('Lead', 'OwnerId', null), child('Task', 'OwnerId', null)],
  },
  [
    id('Group ID'),
    string('Name', 'Name', 40, nameField, required),
    string('DeveloperName', 'Developer Name', 80, alwaysVisible),
    reference('RelatedId', 'Related ID', ['User', 'UserRole'], 'Related', alwaysVisible, {
      createable: false,
      updateable: false,
      polymorphicForeignKey: true,
      namePointing: true,
    }),
    picklist(
      'Type',
      'Type',
      40,
      values('Regular*', 'Queue', 'Role', 'RoleAndSubordinates', 'Organization'),
      restricted,
      {
        ...required,
        ...defaulted,
        updateable: false,
      },
    ),
    email('Email', 'Email', alwaysVisible),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', required, defaulted, { searchPrefilterable: false }),
    boolean('DoesSendEmailToMembers', 'Send Email to Members', alwaysVisible),
    boolean('DoesIncludeBosses', 'Include Bosses', alwaysVisible),
    ...audit(),
  ],
)
