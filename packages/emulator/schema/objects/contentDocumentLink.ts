import { boolean, datetime, id, picklist, reference } from '../fieldBuilders.ts'
import { alwaysVisible, createOnly, defaulted, readOnly, required, restricted, system, values } from '../fieldTraits.ts'
import { RECORDS_WITH_FILES } from '../files.ts'
import { object } from '../objectBuilder.ts'

const polymorphic = { polymorphicForeignKey: true, namePointing: true, searchPrefilterable: false }

/**
 * ContentDocumentLink: a file is shared with a user or a record.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm
 */
export const contentDocumentLink = object(
  {
    name: 'ContentDocumentLink',
    label: 'Content Document Link',
    labelPlural: 'Content Document Links',
    keyPrefix: '06A',
    compactLayoutable: false,
    feedEnabled: false,
    layoutable: false,
    mruEnabled: false,
    searchLayoutable: false,
    searchable: false,
    undeletable: false,
    scopes: { everything: 'All content document links' },
  },
  [
    id('ContentDocumentLink ID'),
    reference(
      'LinkedEntityId',
      'Linked Entity ID',
      RECORDS_WITH_FILES,
      'LinkedEntity',
      required,
      createOnly,
      polymorphic,
    ),
    reference('ContentDocumentId', 'ContentDocument ID', 'ContentDocument', 'ContentDocument', required, createOnly),
    boolean('IsDeleted', 'Is Deleted', readOnly),
    datetime('SystemModstamp', 'System Modstamp', system),
    picklist(
      'ShareType',
      'Share Type',
      40,
      values('V=Viewer*', 'C=Collaborator', 'I=Inferred'),
      alwaysVisible,
      defaulted,
      restricted,
    ),
    picklist(
      'Visibility',
      'Visibility',
      40,
      values('AllUsers=All Users*', 'InternalUsers=Standard Users', 'SharedUsers=Shared Users'),
      alwaysVisible,
      defaulted,
      restricted,
    ),
  ],
)
