// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { environment, PRODUCTION, test } from './configTest.ts'

const configured = (encryption: string) => `encryption: ${encryption}\n${PRODUCTION}`

test('keys are in the order of the file, and printing them shows no secret', async ({ read }) => {
  const { encryptionKeys } = await read(
    configured(`{ keys: [{ id: new, key: "\${KEY}" }, { id: old, key: "\${KEY}" }] }`),
  )
  expect(encryptionKeys.map(({ id }) => id)).toEqual(['new', 'old'])
  const shown = inspect(encryptionKeys, { depth: 9 }) + JSON.stringify(encryptionKeys)
  expect(shown).not.toContain(environment.KEY)
})

test('a key of the wrong length is rejected, and not shown', async ({ problems }) => {
  const [message] = await problems(configured(`{ keys: [{ id: a, key: "\${SHORT}" }] }`))
  expect(message).toMatch(
    /sflink\.yaml:1:\d+ encryption\.keys\[0\]\.key: the key 'a' has 6 bytes and must have 32, in base64; make one: openssl rand -base64 32$/,
  )
  expect(message).not.toContain('c2VjcmV0')
})

test('reports two keys with one id, an empty list and an unset variable with their remedies', async ({ problems }) => {
  const rejection = async (encryption: string) => (await problems(configured(encryption)))[0]
  expect(await rejection(`{ keys: [{ id: a, key: "\${KEY}" }, { id: a, key: "\${KEY}" }] }`)).toMatch(
    /encryption\.keys\[1\]\.id: "a" is the id of another key; give each key its own id$/,
  )
  expect(await rejection('{ keys: [] }')).toMatch(
    /encryption\.keys: is empty; give at least one key, or leave encryption out$/,
  )
  expect(await rejection(`{ keys: [{ id: a, key: "\${NO_KEY}" }] }`)).toMatch(
    /the environment variable NO_KEY is not set/,
  )
  expect(await rejection(`{ keys: [{ id: "a b", key: "\${KEY}" }] }`)).toMatch(
    /is not a valid key name; use up to 64 letters/,
  )
})
