import type { RecordType } from '../records/recordTypes.ts'
import type { UserAccess } from './access.ts'
import { MASTER_RECORD_TYPE } from './systemFields.ts'
import type { ChildRelationship, FieldSchema, ObjectSchema } from './types.ts'

// Keys with the same value for all objects of this org, in describe and describe global.
const sameForAll = {
  activateable: false,
  associateEntityType: null,
  associateParentEntity: null,
  customSetting: false,
  deprecatedAndHidden: false,
  hasSubtypes: false,
  isInterface: false,
  isSubtype: false,
} as const

// In describe only.
const sameForAllInDetail = {
  actionOverrides: [],
  defaultImplementation: null,
  extendedBy: null,
  extendsInterfaces: null,
  implementedBy: null,
  implementsInterfaces: null,
  listviewable: null,
  lookupLayoutable: null,
  namedLayoutInfos: [],
  networkScopeFieldName: null,
  sobjectDescribeOption: 'FULL',
} as const

const MAX_BATCH_SIZE = 200

// In the recorded order; the links to pages are in the describe of one object only.
function urlsOf(schema: ObjectSchema, apiVersion: string, instanceUrl?: string): Readonly<Record<string, string>> {
  const sobject = `/services/data/v${apiVersion}/sobjects/${schema.name}`
  const describe = `${sobject}/describe`
  const hasPages = schema.layoutable && schema.mruEnabled
  const detail = { uiDetailTemplate: `${instanceUrl}/{ID}`, uiEditTemplate: `${instanceUrl}/{ID}/e` }
  const withPages = hasPages && instanceUrl !== undefined
  return {
    ...(schema.compactLayoutable && { compactLayouts: `${describe}/compactLayouts` }),
    rowTemplate: `${sobject}/{ID}`,
    ...(hasPages && { approvalLayouts: `${describe}/approvalLayouts` }),
    ...(withPages && detail),
    ...(hasPages && { listviews: `${sobject}/listviews` }),
    describe,
    ...(withPages && { uiNewRecord: `${instanceUrl}/${schema.keyPrefix}/e` }),
    ...(hasPages && { quickActions: `${sobject}/quickActions` }),
    ...(schema.layoutable && { layouts: `${describe}/layouts` }),
    sobject,
  }
}

/** The keys that both describes have for an object, for this user. */
function summary(schema: ObjectSchema, access: UserAccess) {
  const { compactLayoutable, searchLayoutable, fields, fieldsByName, fieldsByRelationship, ...rest } = schema
  const { childRelationships, supportedScopes, ...listed } = rest
  const allowed = access.object(schema.name)
  return {
    ...sameForAll,
    ...listed,
    createable: schema.createable && allowed.create,
    updateable: schema.updateable && allowed.update,
    deletable: schema.deletable && allowed.delete,
    queryable: schema.queryable && allowed.read,
  }
}

function visibleFields(schema: ObjectSchema, access: UserAccess): readonly FieldSchema[] {
  return schema.fields
    .filter(field => access.fieldVisible(schema.name, field.name))
    .map(field =>
      access.fieldEditable(schema.name, field.name) ? field : { ...field, createable: false, updateable: false },
    )
}

function childRelationship(child: ChildRelationship) {
  return {
    cascadeDelete: child.cascadeDelete,
    childSObject: child.childSObject,
    deprecatedAndHidden: false,
    field: child.field,
    junctionIdListNames: [],
    junctionReferenceTo: [],
    relationshipName: child.relationshipName,
    restrictedDelete: child.restrictedDelete,
  }
}

const master = {
  id: MASTER_RECORD_TYPE,
  developerName: 'Master',
  name: 'Master',
  isActive: true,
  isAvailable: true,
} as const

type ShownRecordType = Omit<RecordType, 'object' | 'isPersonType'>

function recordTypeInfo(
  { id, developerName, name, isActive, isAvailable, isDefault }: ShownRecordType,
  layouts: string,
) {
  return {
    active: isActive,
    available: isAvailable,
    defaultRecordTypeMapping: isDefault,
    developerName,
    master: id === MASTER_RECORD_TYPE,
    name,
    recordTypeId: id,
    urls: { layout: `${layouts}/${id}` },
  }
}

/** The record types of an object; the master record type is the last one, and the default unless another one is. */
function recordTypeInfos(types: readonly RecordType[], layouts: string) {
  const isDefault = !types.some(type => type.isDefault)
  return [...types, { ...master, isDefault }].map(type => recordTypeInfo(type, layouts))
}

/** What describe shows besides the schema. */
type DescribeOptions = {
  /** The object's record types besides the master record type. @default none */
  readonly recordTypes?: readonly RecordType[]
  /** Begins the links to pages, which are absent without it. */
  readonly instanceUrl?: string
}

/**
 * The body of `GET /sobjects/{object}/describe` for a user: fields hidden from them are absent, fields they may only read are neither
 * createable nor updateable.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
 */
export function describeObject(
  schema: ObjectSchema,
  access: UserAccess,
  apiVersion: string,
  { recordTypes = [], instanceUrl }: DescribeOptions = {},
) {
  const urls = urlsOf(schema, apiVersion, instanceUrl)
  return {
    ...summary(schema, access),
    ...sameForAllInDetail,
    childRelationships: schema.childRelationships
      .filter(({ childSObject }) => access.object(childSObject).read)
      .map(childRelationship),
    compactLayoutable: schema.compactLayoutable,
    fields: visibleFields(schema, access),
    recordTypeInfos: recordTypeInfos(recordTypes, `${urls['describe']}/layouts`),
    searchLayoutable: schema.searchLayoutable,
    supportedScopes: schema.supportedScopes,
    urls,
  }
}

/**
 * The body of `GET /sobjects` for a user: the objects they may read.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm
 */
export function describeGlobal(schemas: Iterable<ObjectSchema>, access: UserAccess, apiVersion: string) {
  return {
    encoding: 'UTF-8',
    maxBatchSize: MAX_BATCH_SIZE,
    sobjects: [...schemas]
      .filter(schema => access.object(schema.name).read)
      .map(schema => ({ ...summary(schema, access), urls: urlsOf(schema, apiVersion) })),
  }
}
