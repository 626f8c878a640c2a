import { expect, test } from 'vitest'
import { compileComparisonKey, compileConverter, compileLookupKey } from '../../../loader/values/fieldValue.ts'
import { active, field, formatsOf } from '../../rig/describes.ts'

// A file of a Mac may have "ü" as u with a combining mark. Salesforce stores what it gets, and finds by what it stores.
const COMPOSED = 'Müller Ångström が'
const DECOMPOSED = COMPOSED.normalize('NFD')

test.each([
  field('City', { length: COMPOSED.length }),
  field('Notes', { type: 'textarea', length: 32_000 }),
  field('Rating', { type: 'picklist', length: 255, restrictedPicklist: true, picklistValues: active(COMPOSED) }),
  field('Tags', { type: 'multipicklist', length: 4_099, picklistValues: active(COMPOSED) }),
])('$type: letters are sent, compared and looked up in one Unicode form', described => {
  expect(compileConverter(described, formatsOf({}), 'col')(DECOMPOSED)).toBe(COMPOSED)
  expect(compileComparisonKey(described)(DECOMPOSED)).toBe(compileComparisonKey(described)(COMPOSED))
  expect(compileLookupKey(described)(DECOMPOSED)).toBe(compileLookupKey(described)(COMPOSED))
})
