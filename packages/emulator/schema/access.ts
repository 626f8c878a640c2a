/** The rights of one user on one object. */
type ObjectAccess = {
  readonly create: boolean
  readonly read: boolean
  readonly update: boolean
  readonly delete: boolean
}

/** A user's permissions: rights on objects, and field-level security. Names are taken in any case. */
export type UserAccess = {
  readonly object: (objectName: string) => ObjectAccess
  /** Whether the user sees the field: to the user a hidden field does not exist. */
  readonly fieldVisible: (objectName: string, fieldName: string) => boolean
  /** Whether field-level security lets the user write the field. */
  readonly fieldEditable: (objectName: string, fieldName: string) => boolean
}

/** Restrictions of full access to one object; absent rights stay allowed. */
export type ObjectAccessDeclaration = {
  readonly create?: boolean
  readonly read?: boolean
  readonly update?: boolean
  readonly delete?: boolean
  /** Fields that the user can neither see nor write. */
  readonly hidden?: readonly string[]
  /** Fields that the user can see but not write. */
  readonly readOnly?: readonly string[]
}

const everything: ObjectAccess = { create: true, read: true, update: true, delete: true }

/** Access of a user who may do everything that the schema allows. */
export function fullAccess(): UserAccess {
  return {
    object: () => everything,
    fieldVisible: () => true,
    fieldEditable: () => true,
  }
}

function lowerCased(names: readonly string[] = []): ReadonlySet<string> {
  return new Set(names.map(name => name.toLowerCase()))
}

/**
 * Access with restrictions by object name; other objects stay fully accessible.
 * @example restrictedAccess({ Contact: { create: false, hidden: ['Birthdate'], readOnly: ['Title'] } })
 */
export function restrictedAccess(declaration: { readonly [objectName: string]: ObjectAccessDeclaration }): UserAccess {
  const rules = new Map(
    Object.entries(declaration).map(([name, { create, read, update, delete: remove, hidden, readOnly }]) => [
      name.toLowerCase(),
      {
        object: { create: create ?? true, read: read ?? true, update: update ?? true, delete: remove ?? true },
        hidden: lowerCased(hidden),
        readOnly: lowerCased(readOnly),
      },
    ]),
  )
  const rule = (objectName: string) => rules.get(objectName.toLowerCase())
  const fieldVisible = (objectName: string, fieldName: string) =>
    rule(objectName)?.hidden.has(fieldName.toLowerCase()) !== true
  return {
    object: objectName => rule(objectName)?.object ?? everything,
    fieldVisible,
    fieldEditable: (objectName, fieldName) =>
      fieldVisible(objectName, fieldName) && rule(objectName)?.readOnly.has(fieldName.toLowerCase()) !== true,
  }
}
