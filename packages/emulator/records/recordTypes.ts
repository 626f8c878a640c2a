/** A record type of an object, and how the users' profile may use it. */
export type RecordTypeDeclaration = {
  /** API name of the object. */
  readonly object: string
  readonly developerName: string
  /** The name as people see it. @default the developer name with spaces */
  readonly name?: string
  /** @default true */
  readonly isActive?: boolean
  /** Whether the profile may assign it. @default true when it is active */
  readonly isAvailable?: boolean
  /** Whether records without a RecordTypeId get it. @default false: such records have the master record type */
  readonly isDefault?: boolean
  /** Whether it is for person accounts. @default false */
  readonly isPersonType?: boolean
}

/** A record type of the org. */
export type RecordType = Required<RecordTypeDeclaration> & { readonly id: string }

/** The record types of an org that declares no others. */
export const DEFAULT_RECORD_TYPES: readonly RecordTypeDeclaration[] = [
  { object: 'Account', developerName: 'Customer_Account' },
  { object: 'Account', developerName: 'Partner_Account' },
  { object: 'Account', developerName: 'Legacy_Account', isActive: false },
  { object: 'Opportunity', developerName: 'New_Business' },
  { object: 'Opportunity', developerName: 'Renewal' },
  { object: 'Opportunity', developerName: 'Old_Deal', isActive: false },
]

/** The record type that persons get in an org with person accounts. */
export const PERSON_RECORD_TYPE: RecordTypeDeclaration = {
  object: 'Account',
  developerName: 'PersonAccount',
  name: 'Person Account',
  isPersonType: true,
}

/** The record types of an org, by object. */
export class RecordTypes {
  readonly #byObject = new Map<string, RecordType[]>()

  add(id: string, declaration: RecordTypeDeclaration): void {
    const { object, developerName, isActive = true } = declaration
    const type = {
      name: developerName.replaceAll('_', ' '),
      isActive,
      isAvailable: isActive,
      isDefault: false,
      isPersonType: false,
      ...declaration,
      id,
    }
    this.#byObject.set(object, [...this.of(object), type])
  }

  of(objectName: string): readonly RecordType[] {
    return this.#byObject.get(objectName) ?? []
  }
}
