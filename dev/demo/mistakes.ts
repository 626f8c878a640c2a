// The mistakes in the demo's source: the kinds that real sources have.

/** One row, its keys in the order of the columns. */
export type Contact = {
  readonly contact_action: string
  readonly customer_id: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly segment: string
  /** One decimal. */
  readonly score: string
  /** dd/MM/yyyy */
  readonly member_since: string
  readonly opt_in: string
  /** Account.Ext_Id__c of the emulated org. */
  readonly account_code: string
}

export type Mistake = { readonly times: number; readonly spoil: (contact: Contact) => Contact }

export const MISTAKES: readonly Mistake[] = [
  { times: 6, spoil: contact => ({ ...contact, contact_action: 'Create', last_name: '' }) },
  { times: 6, spoil: contact => ({ ...contact, email: contact.email.replace('@', ' at ') }) },
  { times: 5, spoil: contact => ({ ...contact, segment: 'Enterprize' }) },
  // No contact has this key: the contact was deleted, or its address has changed.
  {
    times: 4,
    spoil: contact => ({ ...contact, contact_action: 'Update', email: contact.email.replace('@', '@old.') }),
  },
  { times: 4, spoil: contact => ({ ...contact, contact_action: 'Update', email: '' }) },
  {
    times: 4,
    spoil: contact => ({ ...contact, first_name: `${contact.first_name} (please call after five o'clock only)` }),
  },
  { times: 3, spoil: contact => ({ ...contact, contact_action: 'Update', email: 'contact001@example.com' }) },
  { times: 4, spoil: contact => ({ ...contact, member_since: '31/02/2024' }) },
  { times: 3, spoil: contact => ({ ...contact, contact_action: 'Delete' }) },
  // A comma without quotes shifts the rest of the row.
  { times: 2, spoil: contact => ({ ...contact, last_name: `${contact.last_name}, MBA` }) },
  { times: 3, spoil: contact => ({ ...contact, account_code: 'ACME-999' }) },
]
