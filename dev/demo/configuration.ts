// The demo's sflink.yaml, written as a user writes it.

export const CONNECTION = 'demo'
export const SYNC = 'demo-contacts'

/** @param loginUrl of the emulated org */
export function demoConfiguration(loginUrl: string): string {
  return `# Written by \`npm run demo\`. For a real org change only loginUrl and auth.
runStore: "file:runs"
dataDirectories: [data]
connections:
  ${CONNECTION}:
    loginUrl: ${loginUrl}
    auth:
      flow: client_credentials
      clientId: emulator-client-id
      clientSecret: emulator-client-secret # of the emulated org; a real secret comes from the environment: \${SF_CLIENT_SECRET}
syncs:
  ${SYNC}:
    connection: ${CONNECTION}
    object: Contact
    operation: { column: contact_action }
    source: { uri: "file:data/contacts.csv" }
    keyField: Email
    fields:
      FirstName: first_name
      LastName: last_name
      Email: email
      Segment__c: segment
      Score__c: score
      Member_Since__c: member_since
      Opt_In__c: opt_in
      Account.Ext_Id__c: account_code
      LeadSource: { value: Campaign }
    formats: { dates: [dd/MM/yyyy] }
    identityFields: [customer_id, email]
    chunk: { bulkRecords: 1000 } # small, to show progress
`
}
