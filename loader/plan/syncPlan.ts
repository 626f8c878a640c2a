import type { FieldMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type {
  BlankPolicy,
  ExistingPolicy,
  MissingAction,
  SyncSpec,
  ValueFormats,
} from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, RecordTypeInfo } from '../salesforce/describe.ts'
import { existingPolicy } from '../spec/existing.ts'
import type { LookupObject } from './planLookup.ts'
import type { PlannedRelationship } from './relationship.ts'

/** What of a file a field gets that is not mapped: its name, or its name without the extension. */
export type FilePart = 'name' | 'title'

/** One mapped field, validated against describe. */
export type PlannedField = {
  /** As Salesforce spells it: `LastName`, or `Account.Ext_Id__c`. */
  readonly name: string
  /** Its column in an ingest job; differs from the name for a polymorphic lookup: `Lead:Who.Email`. */
  readonly wireName: string
  /** The field that is set: `LastName`, or `AccountId` for `Account.Ext_Id__c`. */
  readonly target: FieldDescribe
  /** The field whose type the value has: the target, or the parent's External ID field. */
  readonly valueField: FieldDescribe
  readonly relationship?: PlannedRelationship
  /** For `RecordType.DeveloperName`: the record types whose names are converted to Ids. */
  readonly recordTypes?: readonly RecordTypeInfo[]
  /** For `RecordTypeId`: the record types that the object has. */
  readonly ownRecordTypes?: readonly RecordTypeInfo[]
  /** For the text of a state or country in an org with picklists of them: the field with its code. */
  readonly codeField?: string
  /** For a part of a geolocation field whose column has both parts: the name of that field. */
  readonly location?: string
  /** The objects in which the parent is found, for a mapping with `lookup`. */
  readonly lookup?: readonly LookupObject[]
  readonly mapping: FieldMapping
  /** For a field that is not mapped: what it gets of the file of the record. */
  readonly filePart?: FilePart
}

/** The key of a field under `fields` of the spec. */
export const keyOfField = ({ wireName, location }: PlannedField): string => location ?? wireName

/** What a run does to the records of the org in the scope that its source does not have. */
export type PlannedMissing = {
  readonly action: MissingAction
  /** The conditions of a WHERE clause, which were read whole. */
  readonly scope: string
  /** What an update writes, as it is sent, by the name of the field. */
  readonly values: Readonly<Record<string, string>>
}

/** A sync spec that was validated against the org: plain JSON, kept in the run store, all that later steps need. */
export type SyncPlan = {
  readonly object: string
  readonly keyPrefix: string | null
  /** Whether a new record needs Name, or LastName for a person: an Account of an org with person accounts. */
  readonly hasPersons?: boolean
  readonly operation: SyncSpec['operation']
  /** The operations that a record may request. */
  readonly operations: readonly Operation[]
  readonly idField: FieldDescribe
  readonly fields: readonly PlannedField[]
  /** The fields that together find the record on update, on delete, and on a create that leaves existing records; `Id` when that is mapped. Absent when no such operation is possible. */
  readonly keyFields?: readonly string[]
  /** Conditions that a record must meet to be found by key fields. */
  readonly matchWhere?: string
  readonly externalIdField?: string
  /** What happens to records that the org has already. */
  readonly existing?: ExistingPolicy
  readonly identityFields: readonly string[]
  /** For an undo: the fields of the run that is undone. The org must still hold what that run wrote into them. */
  readonly undone?: readonly PlannedField[]
  /** Whether the records are compared with what the org holds before anything is sent. */
  readonly compares?: boolean
  /** What happens to records that the source does not have; absent when they are ignored. */
  readonly missing?: PlannedMissing
  /** The column with the parents by which the records of a bulk load are grouped. */
  readonly groupColumn?: string
  readonly blank: BlankPolicy
  readonly formats: ValueFormats
  /** Whether the active assignment rule runs, or the Id of the one that does. */
  readonly assignmentRule: boolean | string
  /** Whether records are saved that duplicate rules match, where these let them be. */
  readonly savesDuplicates?: boolean
  /** Records in one collection request; absent in a run that release 0.1.0 planned. */
  readonly requestRecords?: number
  /** Problems for the report that do not stop the run. */
  readonly warnings: readonly string[]
}

/**
 * The mapped fields whose values together identify the records of an operation: the key fields on update and delete, in the order of the
 * spec, the External ID on upsert. On create the key fields if existing records stay as they are; else a unique External ID, of which the org
 * rejects a second; most creates have none.
 */
export function identifyingFields(plan: SyncPlan, operation: Operation): readonly PlannedField[] {
  const { fields, keyFields = [], externalIdField } = plan
  const keys = () => keyFields.flatMap(key => fields.filter(({ name }) => name === key))
  switch (operation) {
    case 'create':
      return keepsExisting(plan, operation) ? keys() : fields.filter(isUniqueExternalId).slice(0, 1)
    case 'update':
    case 'delete':
      return keys()
    case 'upsert':
      return fields.filter(({ name }) => name === externalIdField)
  }
}

/** The mapped fields by which records are found in the org. An undo also looks whether a deleted record is back, before it creates it again. */
export function searchedFields(plan: SyncPlan, operation: Operation): readonly PlannedField[] {
  if (operation === 'create' && plan.undone !== undefined) return plan.fields.filter(({ name }) => name === 'Id')
  return identifyingFields(plan, operation)
}

const isFoundById = ({ keyFields = [] }: SyncPlan): boolean => keyFields[0] === 'Id'

/** Operations whose records are searched for in the org before they are sent. */
export const searchedOperations = (plan: SyncPlan): readonly Operation[] =>
  plan.operations.filter(operation => isSearched(plan, operation))

export function isSearched(plan: SyncPlan, operation: Operation): boolean {
  const { compares = false, matchWhere } = plan
  switch (operation) {
    case 'create':
      return plan.undone !== undefined || keepsExisting(plan, operation)
    case 'update':
    case 'delete':
      return compares || !isFoundById(plan) || matchWhere !== undefined
    case 'upsert':
      return compares
  }
}

/** Whether records that the org has stay as they are: they are searched for, and not sent. */
export const keepsExisting = (plan: SyncPlan, operation: Operation): boolean =>
  existingPolicy(plan, operation) === 'keep'

/** Whether of a record that the org has only fields are written that are blank there. */
export const fillsBlanks = (plan: SyncPlan, operation: Operation): boolean =>
  existingPolicy(plan, operation) === 'fill-blanks'

export const isUniqueExternalId = ({ relationship, target }: PlannedField): boolean =>
  !relationship && target.externalId && target.unique && target.createable

/** One column of what is sent for an operation. */
export type WireColumn = {
  /** Header of the column in an ingest job. */
  readonly name: string
  /** The field whose type the values have. */
  readonly valueField: FieldDescribe
  /** The mapped field; absent for an `Id` that is found before sending. */
  readonly field?: PlannedField
}

/**
 * The columns sent for an operation, in order. On update `Id` comes first and the key fields are left out: they find the
 * record, and are not written. On create an `Id`, or a key that cannot be set, is left out. On delete `Id` is all.
 */
export function wireColumns(plan: SyncPlan, operation: Operation): readonly WireColumn[] {
  const { keyFields = [], externalIdField } = plan
  switch (operation) {
    case 'create':
      return plan.fields.filter(({ name, target }) => name !== 'Id' && target.createable).map(toColumn)
    case 'update':
      return [idColumn(plan), ...plan.fields.filter(field => isUpdated(field, keyFields)).map(toColumn)]
    case 'upsert':
      return plan.fields
        .filter(({ name, target }) => name === externalIdField || (target.createable && target.updateable))
        .map(toColumn)
    case 'delete':
      return [idColumn(plan)]
  }
}

const isUpdated = ({ name, target }: PlannedField, keyFields: readonly string[]): boolean =>
  !keyFields.includes(name) && name !== 'Id' && target.updateable

function idColumn(plan: SyncPlan): WireColumn {
  const mapped = isFoundById(plan) ? plan.fields.find(({ name }) => name === 'Id') : undefined
  return mapped ? toColumn(mapped) : { name: 'Id', valueField: plan.idField }
}

const toColumn = (field: PlannedField): WireColumn => ({ name: field.wireName, valueField: field.valueField, field })
