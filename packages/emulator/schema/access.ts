/** What one user may do with one object. */
type ObjectAccess = {
  readonly create: boolean
  readonly read: boolean
  readonly update: boolean
  readonly delete: boolean
}

/** A user's permissions: rights on objects, and field-level security. Names are taken in any case. */
export type UserAccess = {
  readonly object: (objectName: string) => ObjectAccess
  /** Whether the user sees the field at all: one they do not see is to them a field that does not exist. */
  readonly fieldVisible: (objectName: string, fieldName: string) => boolean
  /** Whether the user may write the field, as far as field-level security goes. */
  readonly fieldEditable: (objectName: string, fieldName: string) => boolean
}

/** Takes away from full access to one object; what is left out stays allowed. */
export type ObjectAccessDeclaration = {
  readonly create?: boolean
  readonly read?: boolean
  readonly update?: boolean
  readonly delete?: boolean
  /** Fields the user neither sees nor writes. */
  readonly hidden?: readonly string[]
  /** Fields the user sees but does not write. */
  readonly readOnly?: readonly string[]
}

const everything: ObjectAccess = { create: true, read: true, update: true, delete: true }

/** Access of a user who may do all that the schema allows. */
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
 * Access restricted for the objects named, by object name; objects that are not named stay fully open.
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
