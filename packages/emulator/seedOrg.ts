import type { AssignmentRuleDeclaration } from './records/assignmentRules.ts'
import { insertNamed } from './records/namedValues.ts'
import type { Org } from './records/org.ts'
import type { RecordTypeDeclaration } from './records/recordTypes.ts'

/** Number of accounts and contacts that an org starts with. */
export const SEED_ACCOUNTS = 20
export const SEED_CONTACTS = 300

const FIRST_NAMES = [
  'Ada',
  'Benedikt',
  'Chiara',
  'Dario',
  'Elif',
  'Femke',
  'Goran',
  'Hanna',
  'Ines',
  'Jonas',
  'Katya',
  'Liam',
]
const LAST_NAMES = [
  'Abel',
  'Brandt',
  'Costa',
  'Dupont',
  'Eriksen',
  'Fischer',
  'Garcia',
  'Horvat',
  'Ivanov',
  'Jansen',
  'Keller',
]

type UserRecord = {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly isActive: boolean
}

/** Creates a user's record. Returns its id. */
export function insertUser(org: Org, user: UserRecord, now: number): string {
  const table = org.table('User')
  if (table === undefined) throw new Error('The schema of an emulated org needs a User object')
  const values = {
    Username: user.username,
    FirstName: user.firstName,
    LastName: user.lastName,
    Email: user.email,
    Alias: user.username.slice(0, 8),
    IsActive: String(user.isActive),
    UserType: 'Standard',
  }
  return table.idOf(insertNamed(table, values, { now, userPlace: 0 }))
}

/** Creates the record of UserPermissionAccess that the user sees. */
export function insertPermissions(
  org: Org,
  userPlace: number,
  { hardDelete }: { readonly hardDelete: boolean },
  now: number,
): void {
  const table = org.table('UserPermissionAccess')
  if (table === undefined) throw new Error('The schema of an emulated org needs a UserPermissionAccess object')
  insertNamed(table, { PermissionsBulkApiHardDelete: String(hardDelete) }, { now, userPlace })
}

/** Creates the one record of Organization. Returns its id. */
export function insertOrganization(org: Org, now: number): string {
  const table = org.table('Organization')
  if (table === undefined) throw new Error('The schema of an emulated org needs an Organization object')
  const values = { Name: 'Salesforce Link Emulator', OrganizationType: 'Developer Edition', InstanceName: 'EMU1' }
  return table.idOf(insertNamed(table, values, { now, userPlace: 0 }))
}

/** Creates the records of RecordType. */
export function insertRecordTypes(org: Org, declarations: readonly RecordTypeDeclaration[], now: number): void {
  const table = org.table('RecordType')
  if (table === undefined) throw new Error('The schema of an emulated org needs a RecordType object')
  for (const declaration of declarations) {
    const { object, developerName, name = developerName.replaceAll('_', ' '), isActive = true } = declaration
    const values = {
      Name: name,
      DeveloperName: developerName,
      SobjectType: object,
      IsActive: String(isActive),
      IsPersonType: String(declaration.isPersonType ?? false),
    }
    org.recordTypes.add(table.idOf(insertNamed(table, values, { now, userPlace: 0 })), declaration)
  }
}

/** The id of the owner that a rule names: a user, or a queue, which is created when it does not exist. */
function ownerNamed(org: Org, owner: string, now: number): string {
  const find = (objectName: string, fieldName: string) => {
    const table = org.table(objectName)
    const field = table?.schema.fieldsByName.get(fieldName)
    if (table === undefined || field === undefined) throw new Error(`The schema of an emulated org needs ${objectName}`)
    const [place] = table.placesWith(field, owner)
    return { table, id: place === undefined ? undefined : table.idOf(place) }
  }
  const queues = find('Group', 'developername')
  const known = find('User', 'username').id ?? queues.id
  if (known !== undefined) return known
  const values = { Name: owner.replaceAll('_', ' '), DeveloperName: owner, Type: 'Queue' }
  return queues.table.idOf(insertNamed(queues.table, values, { now, userPlace: 0 }))
}

/** Creates the records of AssignmentRule. */
export function insertAssignmentRules(org: Org, rules: readonly AssignmentRuleDeclaration[], now: number): void {
  const table = org.table('AssignmentRule')
  if (table === undefined) throw new Error('The schema of an emulated org needs an AssignmentRule object')
  for (const rule of rules) {
    const values = { Name: rule.name, SobjectType: rule.object, Active: String(rule.isActive ?? true) }
    const id = table.idOf(insertNamed(table, values, { now, userPlace: 0 }))
    org.assignmentRules.add(id, ownerNamed(org, rule.owner, now), rule)
  }
}

/** Users besides those who log in: owners of records. */
const SEED_USERS: readonly UserRecord[] = [
  {
    username: 'ada.sales@emulator.example',
    firstName: 'Ada',
    lastName: 'Sales',
    email: 'ada@acme.example',
    isActive: true,
  },
  {
    username: 'ben.sales@emulator.example',
    firstName: 'Ben',
    lastName: 'Sales',
    email: 'ben@acme.example',
    isActive: true,
  },
  {
    username: 'cleo.former@emulator.example',
    firstName: 'Cleo',
    lastName: 'Former',
    email: 'cleo@acme.example',
    isActive: false,
  },
]

/**
 * The users `ada.sales@emulator.example`, `ben.sales@emulator.example` and the inactive `cleo.former@emulator.example`, the queue
 * `Support_Queue`, accounts `ACME-001` to `ACME-020` by Ext_Id__c, and contacts `contact001@example.com` to `contact300@example.com`, each with an
 * account. Contacts have no Ext_Id__c: loads set it.
 */
export function seedOrg(org: Org, now: number): void {
  const [accounts, contacts, groups] = [org.table('Account'), org.table('Contact'), org.table('Group')]
  if (accounts === undefined || contacts === undefined || groups === undefined) return
  const writer = { now, userPlace: 0 }
  for (const user of SEED_USERS) insertUser(org, user, now)
  insertNamed(groups, { Name: 'Support Queue', DeveloperName: 'Support_Queue', Type: 'Queue' }, writer)
  const number = (value: number) => String(value).padStart(3, '0')
  const accountIds = Array.from({ length: SEED_ACCOUNTS }, (_, index) => {
    const values = {
      Name: `Acme ${number(index + 1)}`,
      Ext_Id__c: `ACME-${number(index + 1)}`,
      Industry: 'Manufacturing',
    }
    return accounts.idOf(insertNamed(accounts, values, writer))
  })
  for (let index = 0; index < SEED_CONTACTS; index++) {
    const values = {
      FirstName: FIRST_NAMES[index % FIRST_NAMES.length] ?? '',
      LastName: LAST_NAMES[index % LAST_NAMES.length] ?? '',
      Email: `contact${number(index + 1)}@example.com`,
      AccountId: accountIds[index % SEED_ACCOUNTS] ?? '',
      LeadSource: 'Web',
    }
    insertNamed(contacts, values, writer)
  }
}
