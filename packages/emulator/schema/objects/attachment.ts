import { base64, boolean, id, int, reference, shortText, string } from '../fieldBuilders.ts'
import { alwaysVisible, createOnly, nameField, readOnly, required } from '../fieldTraits.ts'
import { RECORDS_WITH_FILES } from '../files.ts'
import { object } from '../objectBuilder.ts'
import { audit, owner } from '../systemFields.ts'

const polymorphic = { polymorphicForeignKey: true, namePointing: true, searchPrefilterable: false }

/**
 * Attachment: a file of one record, from before Salesforce Files.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_attachment.htm
 */
export const attachment = object(
  {
    name: 'Attachment',
    label: 'Attachment',
    labelPlural: 'Attachments',
    keyPrefix: '00P',
    compactLayoutable: false,
    feedEnabled: false,
    layoutable: false,
    mruEnabled: false,
    searchLayoutable: false,
    scopes: { everything: 'All attachments', mine: 'My attachments' },
  },
  [
    id('Attachment ID'),
    boolean('IsDeleted', 'Deleted', readOnly),
    reference(
      'ParentId',
      'Parent ID',
      RECORDS_WITH_FILES.filter(name => name !== 'User'),
      'Parent',
      required,
      createOnly,
      polymorphic,
    ),
    string('Name', 'File Name', 255, nameField, required),
    boolean('IsPrivate', 'Private', alwaysVisible),
    string('ContentType', 'Content Type', 120, alwaysVisible),
    int('BodyLength', 'Body Length', readOnly),
    base64('Body', 'Body', required),
    owner(),
    ...audit(),
    shortText('Description', 'Description', alwaysVisible),
  ],
)
