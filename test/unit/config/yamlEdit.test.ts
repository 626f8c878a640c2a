// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { keysOf, withEntry, withItem } from '../../../config/yamlEdit.ts'

const ENTRY = 'connection: acme   # the only one\nfields:\n  LastName: name'

const FILE = `# Loads of the sales team
connections:
  # the org
  acme: { instanceUrl: https://acme.my.salesforce.com, auth: { flow: access_token, accessToken: \${TOKEN} } }   # token

syncs:
    first:            # four spaces
        connection: acme
    # a note on the syncs

# where runs are
runStore: file:runs
`

test('adds an entry at the end of its section, and leaves every other byte as it is', () => {
  expect(withEntry(FILE, 'syncs', 'second', ENTRY)).toBe(
    FILE.replace(
      '    # a note on the syncs\n',
      `    # a note on the syncs

    second:
      connection: acme   # the only one
      fields:
        LastName: name
`,
    ),
  )
})

test('adds a section that the file does not have at its end', () => {
  expect(withEntry('# mine\nrunStore: file:runs', 'syncs', 'a', 'x: 1')).toBe(
    '# mine\nrunStore: file:runs\n\nsyncs:\n  a:\n    x: 1\n',
  )
  expect(withEntry('', 'syncs', 'a', 'x: 1')).toBe('syncs:\n  a:\n    x: 1\n')
  expect(withEntry('# only a comment\n', 'syncs', 'a', 'x: 1')).toBe('# only a comment\n\nsyncs:\n  a:\n    x: 1\n')
})

test.each([
  [
    'no value',
    'syncs:   # none yet\nrunStore: file:runs\n',
    'syncs:   # none yet\n  a:\n    x: 1\nrunStore: file:runs\n',
  ],
  ['empty braces', 'syncs: {}\nrunStore: file:runs\n', 'syncs:\n  a:\n    x: 1\nrunStore: file:runs\n'],
  [
    'entries in braces',
    'syncs: { b: { y: "${Y}" } }\nrunStore: file:runs\n',
    'syncs:\n  b: { y: "${Y}" }\n\n  a:\n    x: 1\nrunStore: file:runs\n',
  ],
  ['an end mark', 'syncs:\n  b: 1\n...\n', 'syncs:\n  b: 1\n\n  a:\n    x: 1\n...\n'],
  ['no line end', 'syncs:\n  b: 1', 'syncs:\n  b: 1\n\n  a:\n    x: 1\n'],
  ['lines of Windows', 'syncs:\r\n  b: 1\r\n', 'syncs:\r\n  b: 1\r\n\r\n  a:\r\n    x: 1\r\n'],
  ['keys that are indented', '  syncs:\n    b: 1\n', '  syncs:\n    b: 1\n\n    a:\n      x: 1\n'],
  [
    'a text of several lines',
    'syncs:\n  b: |\n    # text\n\n    more\n',
    'syncs:\n  b: |\n    # text\n\n    more\n\n  a:\n    x: 1\n',
  ],
])('adds an entry to a section with %s', (_, before, after) => {
  expect(withEntry(before, 'syncs', 'a', 'x: 1')).toBe(after)
})

test('quotes a name that YAML reads as something else', () => {
  expect(parse(withEntry('', 'syncs', 'true', 'x: 1') ?? '')).toEqual({ syncs: { true: { x: 1 } } })
  expect(withEntry('', 'syncs', 'true', 'x: 1')).toContain('"true":')
})

test.each([
  ['an alias', 'other: &x { b: 1 }\nsyncs: *x\n'],
  ['a list', 'syncs: [a]\n'],
  ['a file in braces', '{ syncs: { b: 1 } }\n'],
])('finds no place in %s', (_, text) => {
  expect(withEntry(text, 'syncs', 'a', 'x: 1')).toBeUndefined()
})

test('adds an item to a list in either form, with its defaults if the list is missing', () => {
  expect(withItem('a: 1\n', 'dirs', 'my data', ['data'])).toBe('a: 1\n\ndirs: ["data", "my data"]\n')
  expect(withItem('dirs: [data]   # all\na: 1\n', 'dirs', 'x', [])).toBe('dirs: [data, "x"]   # all\na: 1\n')
  expect(withItem('dirs:\n  - data   # all\na: 1\n', 'dirs', 'x', [])).toBe('dirs:\n  - data   # all\n  - "x"\na: 1\n')
  expect(withItem('dirs:\n- data\na: 1\n', 'dirs', 'x', [])).toBe('dirs:\n- data\n- "x"\na: 1\n')
  expect(withItem('dirs: data\n', 'dirs', 'x', [])).toBeUndefined()
})

test('lists the keys of a section', () => {
  expect(keysOf(FILE, 'syncs')).toEqual(['first'])
  expect(keysOf(FILE, 'databases')).toEqual([])
  expect(keysOf('', 'syncs')).toEqual([])
})
