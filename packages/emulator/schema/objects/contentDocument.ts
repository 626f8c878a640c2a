import {
  boolean,
  date,
  datetime,
  id,
  int,
  longText,
  picklist,
  reference,
  string,
  userReference,
} from '../fieldBuilders.ts'
import { alwaysVisible, nameField, readOnly, required, restricted, updateOnly, values } from '../fieldTraits.ts'
import { child, object } from '../objectBuilder.ts'
import { audit, lastViewed } from '../systemFields.ts'

/**
 * ContentDocument: a file with all its versions. The insert of its first version creates it; its deletion deletes the versions.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocument.htm
 */
export const contentDocument = object(
  {
    name: 'ContentDocument',
    label: 'Content Document',
    labelPlural: 'Content Documents',
    keyPrefix: '069',
    createable: false,
    feedEnabled: true,
    mruEnabled: false,
    scopes: { everything: 'All content documents' },
    children: [
      child('ContentDocumentLink', 'ContentDocumentId', 'ContentDocumentLinks', 'cascade'),
      child('ContentVersion', 'ContentDocumentId', 'ContentVersions', 'cascade'),
    ],
  },
  [
    id('ContentDocument ID'),
    ...audit(),
    boolean('IsArchived', 'Is Archived', updateOnly, alwaysVisible),
    userReference('ArchivedById', 'User ID', 'ArchivedBy', readOnly),
    date('ArchivedDate', 'Archived Date', readOnly),
    boolean('IsDeleted', 'Is Deleted', readOnly),
    userReference('OwnerId', 'Owner ID', 'Owner', required, updateOnly),
    string('Title', 'Title', 255, nameField, required, updateOnly),
    picklist(
      'PublishStatus',
      'Publish Status',
      40,
      values('U=Upload Interrupted', 'P=Public', 'R=Personal Library'),
      readOnly,
      restricted,
    ),
    reference(
      'LatestPublishedVersionId',
      'Latest Published Version ID',
      'ContentVersion',
      'LatestPublishedVersion',
      readOnly,
    ),
    ...lastViewed(),
    longText('Description', 'Description', 1000, updateOnly, alwaysVisible),
    int('ContentSize', 'Size', readOnly),
    string('FileType', 'File Type', 20, readOnly),
    string('FileExtension', 'File Extension', 40, readOnly),
    datetime('ContentModifiedDate', 'Content Modified Date', readOnly),
  ],
)
