// A workbook as a person keeps it, from its cells to the records of the org and to rejected.csv.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contactsFrom, fileRig } from '../../rig/loadRig.ts'
import { sheetOf, textCell, writeParts } from '../../rig/workbooks.ts'

const rig = await fileRig()
const FIELDS = { LastName: 'last', Ext_Id__c: 'code', Score__c: 'score', Member_Since__c: 'since' }

test('is read by its types, the run says how, and rejected.csv has the rejected rows', async () => {
  const texts = ['Our contacts', 'last', 'code', 'score', 'since', 'Müller', 'Jäger', 'Żółw']
  const cells = {
    'A1 t="s"': '<v>0</v>',
    ...{ 'A3 t="s"': '<v>1</v>', 'B3 t="s"': '<v>2</v>', 'C3 t="s"': '<v>3</v>', 'D3 t="s"': '<v>4</v>' },
    ...{ 'A4 t="s"': '<v>5</v>', 'B4 s="1"': '<v>42</v>', C4: '<f>1+0.5</f><v>1.5</v>', 'D4 s="2"': '<v>45322</v>' },
    ...{ 'A6 t="s"': '<v>6</v>', 'B6 s="1"': '<v>43</v>', 'C6 t="e"': '<v>#N/A</v>', 'D6 s="2"': '<v>45323</v>' },
    ...{ 'A7 t="s"': '<v>7</v>', 'B7 s="1"': '<v>44</v>', C7: '<v>2</v>', 'D7 t="inlineStr"': textCell('03/02/2024') },
  }
  await writeParts(join(rig.folder, 'data', 'contacts.xlsx'), {
    sheets: [sheetOf('Contacts', cells), sheetOf('Notes', {})],
    strings: texts.map(text => `<si><t>${text}</t></si>`),
    formats: ['00000', 'dd/mm/yyyy'],
  })
  const org = await rig.openOrg()
  const source = { uri: 'file:data/contacts.xlsx', headerRow: 3 }
  const given = { fields: FIELDS, formats: { dates: ['dd/MM/yyyy'] }, identityFields: ['code'], source }
  const { runId, report } = await rig.start(contactsFrom(source.uri, org, given))
  const { tally, reading } = await report()
  expect(tally).toMatchObject({ created: 2, failed: 1 })
  expect(reading).toEqual({ source: 'data/contacts.xlsx, sheet "Contacts"', format: 'xlsx', emptyRows: 1 })
  expect(await org.records('Contact', ...Object.keys(FIELDS))).toEqual([
    expect.objectContaining({ LastName: 'Müller', Ext_Id__c: '00042', Score__c: 1.5, Member_Since__c: '2024-01-31' }),
    expect.objectContaining({ LastName: 'Żółw', Ext_Id__c: '00044', Score__c: 2, Member_Since__c: '2024-02-03' }),
  ])
  expect(await rig.text(runId, 'rejected.csv')).toMatch(
    /^\uFEFF?last,code,score,since,.*\nJäger,00043,#N\/A,2024-02-01,/,
  )
})

test('that can not be read ends the run with one line, and nothing is sent', async () => {
  await writeFile(join(rig.folder, 'data', 'locked.xlsx'), Buffer.from('d0cf11e0a1b11ae1', 'hex'))
  const org = await rig.openOrg()
  const { report } = await rig.start(contactsFrom('file:data/locked.xlsx', org, { fields: { LastName: 'last' } }))
  await expect(report()).rejects.toMatchObject({
    cause: {
      message:
        "The source data/locked.xlsx can't be read: it is protected by a password, or an old workbook (.xls). Save it in Excel as .xlsx without a password.",
    },
  })
  expect(await org.records('Contact', 'LastName')).toEqual([])
})
