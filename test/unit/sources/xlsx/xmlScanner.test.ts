import fc from 'fast-check'
import { expect, test } from 'vitest'
import { XmlReader } from '../../../../loader/sources/xlsx/xmlReader.ts'

type Event = readonly [kind: 'open' | 'close' | 'text', value: string, attributes?: Readonly<Record<string, string>>]

/** What is found in XML that comes in blocks of these sizes, the last one again and again. Texts beside each other are joined. */
function eventsOf(xml: string | Buffer, sizes: readonly number[]): readonly Event[] {
  const events: Event[] = []
  const reader = new XmlReader('x.xlsx', 'part.xml', {
    open: (name, scanner) => events.push(['open', name, scanner.attributes()]),
    close: name => events.push(['close', name]),
    text: scanner => {
      const last = events.at(-1)
      const text = scanner.isPlain ? scanner.bytes.toString('utf8', scanner.start, scanner.end) : scanner.text()
      if (text === '') return
      if (last?.[0] === 'text') events[events.length - 1] = ['text', last[1] + text]
      else events.push(['text', text])
    },
  })
  const bytes = Buffer.from(xml)
  let block = 0
  for (let at = 0; at < bytes.length; block++) {
    const size = sizes[Math.min(block, sizes.length - 1)] as number
    reader.write(bytes.subarray(at, at + size))
    at += size
  }
  reader.end()
  return events
}

/** A piece of XML, and what it means. */
type Piece = { readonly xml: string; readonly events: readonly Event[] }

const name = fc.constantFrom('c', 'v', 'row', 'sheetData', 'is', 'rPh', 'extension')
const prefix = fc.constantFrom('', '', 'x:', 'main:')
const blanks = fc.constantFrom(' ', '\n', '  ', '\t\r\n')
const character = fc.constantFrom('a', 'ü', '😀', '&', '<', '>', '"', "'", ' ', '\n', '_x000D_', '/', '=', ']')
const value = fc.array(character, { maxLength: 6 }).map(characters => characters.join(''))

const ENTITIES: Readonly<Record<string, readonly string[]>> = {
  '&': ['&amp;', '&#38;', '&#x26;'],
  '<': ['&lt;', '&#60;'],
  '>': ['>', '&gt;'],
  '"': ['&quot;'],
  "'": ['&apos;'],
  '\n': ['\n', '\r\n', '\r', '&#10;'],
}

const written = (text: string, choice: number): string =>
  [...text].map((one, index) => (ENTITIES[one] ?? [one]).at((choice + index) % (ENTITIES[one]?.length ?? 1))).join('')

const textPiece = fc
  .record({ text: value, choice: fc.nat(5), isRaw: fc.boolean() })
  .map(({ text, choice, isRaw }): Piece => {
    const xml = isRaw && !text.includes(']]>') ? `<![CDATA[${text}]]>` : written(text, choice)
    return { xml, events: text === '' ? [] : [['text', text]] }
  })

const silentPiece = fc
  .constantFrom('<!-- a <b> "c" -->', '<?application <x> ?>', '<!---->')
  .map((xml): Piece => ({ xml, events: [] }))

const { element } = fc.letrec<{ element: Piece; content: Piece[] }>(tie => ({
  element: fc
    .record({
      name,
      prefix,
      blank: blanks,
      attributes: fc.dictionary(fc.constantFrom('r', 's', 't', 'r:id', 'xml:space'), value, { maxKeys: 3 }),
      content: tie('content'),
      choice: fc.nat(5),
    })
    .map(({ name, prefix, blank, attributes, content, choice }): Piece => {
      const own = Object.entries(attributes).map(([key, text]) => {
        const quote = choice % 2 === 0 ? '"' : "'"
        return `${blank}${key}${choice > 3 ? ' = ' : '='}${quote}${written(text.replaceAll('\n', ' '), choice)}${quote}`
      })
      const begin = `<${prefix}${name}${own.join('')}`
      const plain = Object.fromEntries(
        Object.entries(attributes).map(([key, text]) => [key, text.replaceAll('\n', ' ')]),
      )
      const isEmpty = content.length === 0 && choice > 2
      return {
        xml: isEmpty
          ? `${begin}/>`
          : `${begin}>${content.map(({ xml }) => xml).join('')}</${prefix}${name}${choice === 1 ? ' ' : ''}>`,
        events: [['open', name, plain], ...content.flatMap(({ events }) => events), ['close', name]],
      }
    }),
  content: fc.array(fc.oneof({ depthSize: 'small' }, textPiece, silentPiece, tie('element')), { maxLength: 4 }),
}))

function joined(events: readonly Event[]): readonly Event[] {
  const found: Event[] = []
  for (const event of events) {
    const last = found.at(-1)
    if (event[0] === 'text' && last?.[0] === 'text') found[found.length - 1] = ['text', last[1] + event[1]]
    else found.push(event)
  }
  return found
}

test('XML is read the same in blocks of any size', () => {
  fc.assert(
    fc.property(element, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), ({ xml, events }, sizes) => {
      expect(eventsOf(`\uFEFF<?xml version="1.0"?>${xml}`, sizes).filter(isInside)).toEqual(joined(events))
    }),
    { numRuns: 500 },
  )
})

/** A byte order mark is text before the first element. */
const isInside = ([kind, value]: Event): boolean => kind !== 'text' || value !== '\uFEFF'

test.each([
  ['<a>', 'the element a has no end'],
  ['<a></b>', 'the end of the element b is in the wrong place'],
  ['</a>', 'the end of the element a is in the wrong place'],
  ['<a/><b', 'it ends in a tag'],
  ['<a r="1/>', 'it ends in a tag'],
  ['text', 'it has no element'],
  ['', 'it has no element'],
  ['<a r=1/>', 'the element a has an attribute without a value'],
  ['<a r/>', 'the element a has an attribute without a value'],
  ['<a>&b;</a>', 'undefined entity &b;'],
  ['<a>&amp</a>', 'undefined entity &amp'],
  ['<a>&#0;</a>', 'undefined entity &#0;'],
  ['<a>&#x110000;</a>', 'undefined entity &#x110000;'],
  ['<!DOCTYPE a><a/>', 'it declares a document type, which no workbook has'],
  ['<a><!ENTITY b "c"></a>', 'it declares a document type, which no workbook has'],
])('%s is rejected', (xml, problem) => {
  expect(() => eventsOf(xml, [1])).toThrow(`part.xml: ${problem}`)
  expect(() => eventsOf(xml, [100])).toThrow(`part.xml: ${problem}`)
})
