import { expect, test } from 'vitest'
import { suggestSync } from '../../../loader/suggest/suggestSync.ts'
import { syncText } from '../../../loader/suggest/syncText.ts'
import { CONTACT, PARENTS } from '../../rig/describes.ts'

const column = (name: string, ...values: readonly string[]) => ({ name, values })
const LAST_NAME = column('Nachname', 'Müller', 'Schäfer', 'Groß')

function textOf(...columns: Parameters<typeof suggestSync>[0]): string {
  const suggested = suggestSync(columns, CONTACT, PARENTS)
  return syncText(suggested, { connection: 'acme', source: { uri: 'file:data/a.csv' }, reading: 'utf-8' })
}

test('shows', () => {
  console.log(
    textOf(
      column('Kd.-Nr.', '1', '2', '3'),
      LAST_NAME,
      column('Vorname', 'Jürgen', 'Anja', 'Uwe'),
      column('E-Mail', 'a@b.de', 'c@d.de', 'e@f.de'),
      column('Geburtsdatum', '31.01.1980', '', '05.12.1975'),
      column('Score', '1,5', '2', '3,25'),
      column('HasOptedOutOfEmail', 'Ja', 'Nein', 'Ja'),
      column('Level', 'primary', 'Sekundär', 'Secondary'),
      column('account_code', 'A1', 'A2', 'A1'),
      column('x: "y"\n# z', '1', '2', '3'),
      column(''),
    ),
  )
  expect(1).toBe(1)
})
