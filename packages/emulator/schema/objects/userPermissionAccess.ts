import { boolean, datetime, id } from '../fieldBuilders.ts'
import { readOnly } from '../fieldTraits.ts'
import { object } from '../objectBuilder.ts'

/**
 * UserPermissionAccess: the permissions of the user who asks. A real org lists several hundred.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_userpermissionaccess.htm
 */
export const userPermissionAccess = object(
  {
    name: 'UserPermissionAccess',
    label: 'User Permission Access',
    labelPlural: 'User Permission Access',
    // Salesforce does not document its prefix.
    keyPrefix: '0UP',
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
    id('UserPermissionAccess ID'),
    datetime('LastCacheUpdate', 'Last Cache Update', readOnly),
    boolean('PermissionsBulkApiHardDelete', 'Bulk API Hard Delete', readOnly),
  ],
)
