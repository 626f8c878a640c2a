import type { ChildRelationship, FieldSchema, ObjectAbilities, ObjectSchema, SupportedScope } from './types.ts'

const usualAbilities: ObjectAbilities = {
  compactLayoutable: true,
  createable: true,
  deepCloneable: false,
  deletable: true,
  feedEnabled: true,
  layoutable: true,
  mergeable: false,
  mruEnabled: true,
  queryable: true,
  replicateable: true,
  retrieveable: true,
  searchLayoutable: true,
  searchable: true,
  triggerable: true,
  undeletable: true,
  updateable: true,
}

type ObjectDeclaration = Partial<ObjectAbilities> & {
  readonly name: string
  readonly label: string
  readonly labelPlural: string
  readonly keyPrefix: string
  readonly children?: readonly ChildRelationship[]
  readonly scopes?: { readonly [name: string]: string }
}

/** An object from its differences to the default, and its fields. */
export function object(declaration: ObjectDeclaration, fields: readonly FieldSchema[]): ObjectSchema {
  const { children = [], scopes = {}, ...rest } = declaration
  const supportedScopes: readonly SupportedScope[] = Object.entries(scopes).map(([name, label]) => ({ label, name }))
  return {
    ...usualAbilities,
    ...rest,
    custom: declaration.name.endsWith('__c'),
    ...indexed(fields),
    childRelationships: children,
    supportedScopes,
  }
}

function indexed(
  fields: readonly FieldSchema[],
): Pick<ObjectSchema, 'fields' | 'fieldsByName' | 'fieldsByRelationship'> {
  return {
    fields,
    fieldsByName: new Map(fields.map(field => [field.name.toLowerCase(), field])),
    fieldsByRelationship: new Map(
      fields.flatMap(field =>
        field.type === 'reference' && field.relationshipName !== null
          ? [[field.relationshipName.toLowerCase(), field] as const]
          : [],
      ),
    ),
  }
}

/** The object with other fields. */
export function withFields(schema: ObjectSchema, fields: readonly FieldSchema[]): ObjectSchema {
  return { ...schema, ...indexed(fields) }
}

type OnDelete = 'cascade' | 'restrict' | 'clear'

/** A lookup of another object to this one, and the effect on the child when the parent is deleted. */
export function child(
  childSObject: string,
  field: string,
  relationshipName: string | null,
  onDelete: OnDelete = 'clear',
): ChildRelationship {
  return {
    childSObject,
    field,
    relationshipName,
    cascadeDelete: onDelete === 'cascade',
    restrictedDelete: onDelete === 'restrict',
  }
}
