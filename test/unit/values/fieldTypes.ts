import type { FieldDescribe } from '../../../loader/salesforce/describe.ts'
import { active, field } from '../../rig/describes.ts'

/** A field of each type. */
export const TYPES = {
  text: field('City', { label: 'Billing City', length: 40 }),
  email: field('Email', { type: 'email' }),
  date: field('Birthdate', { type: 'date', length: 0 }),
  datetime: field('Seen', { type: 'datetime', length: 0 }),
  time: field('Open', { type: 'time', length: 0 }),
  boolean: field('Vip', { type: 'boolean', length: 0 }),
  int: field('Visits', { type: 'int', digits: 8, length: 0 }),
  double: field('Score', { type: 'double', precision: 6, scale: 2, length: 0 }),
  currency: field('Revenue', { type: 'currency', precision: 18, scale: 0, length: 0 }),
  reference: field('AccountId', {
    label: 'Account ID',
    type: 'reference',
    length: 18,
    referenceTo: ['Account'],
    relationshipName: 'Account',
  }),
  owner: field('OwnerId', {
    label: 'Owner ID',
    type: 'reference',
    length: 18,
    referenceTo: ['Group', 'User'],
    relationshipName: 'Owner',
  }),
  restricted: field('Rating', {
    type: 'picklist',
    length: 255,
    restrictedPicklist: true,
    picklistValues: [
      ...active('Hot'),
      { value: 'Cold', active: true, label: 'Kühl' },
      { value: 'Old', active: false, label: 'Alt' },
    ],
  }),
  open: field('Source', {
    type: 'picklist',
    length: 255,
    picklistValues: [...active('Web'), { value: 'Phone', active: true, label: 'Telefon' }],
  }),
  multi: field('Tags', { type: 'multipicklist', length: 4099, picklistValues: active('A', 'B') }),
} as const satisfies Record<string, FieldDescribe>
