// What npm packs: everything that README links to, and a build of its own.
import { copyFile, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { publishedSchemas } from '../../../dev/schemas.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const ROOT = join(import.meta.dirname, '../../..')
const manifest = async (path: string) => JSON.parse(await readFile(join(ROOT, path, 'package.json'), 'utf8'))

const repository = temporaryFolder()
let packed: ReadonlySet<string>

beforeAll(async () => {
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT })
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { readonly path: string }[] }]
  packed = new Set(files.map(({ path }) => path))
}, 60_000)

/** Relative links of a page, without those to a part of the page itself. */
async function linksOf(page: string): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, page), 'utf8')
  const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
  return targets
    .filter(target => !/^https?:/.test(target))
    .map(target => normalize(join(dirname(page), target)).replace(/\/$/, ''))
}

test('every page and picture that README and the pages link to is packed', async () => {
  const pages = [...packed].filter(path => path.endsWith('.md'))
  expect(pages).toContain('README.md')
  const missing: string[] = []
  for (const page of pages) {
    for (const link of await linksOf(page)) {
      if (![...packed].some(path => path === link || path.startsWith(`${link}/`))) missing.push(`${page}: ${link}`)
    }
  }
  expect(missing).toEqual([])
})

test('no source, test or data of a checkout is packed', () => {
  const folders = new Set([...packed].map(path => path.split('/')[0]))
  for (const folder of ['cli', 'loader', 'test', 'dev', 'data', 'runs', 'node_modules'])
    expect(folders).not.toContain(folder)
})

test.each(['.', 'packages/client', 'packages/emulator'])(
  '%s says where it comes from, and is built before it is packed',
  async path => {
    const { repository, homepage, bugs, keywords, scripts } = await manifest(path)
    expect(repository.url).toMatch(/^git\+https:\/\//)
    expect(homepage).toMatch(/^https:\/\//)
    expect(bugs).toMatch(/^https:\/\//)
    expect(keywords.length).toBeGreaterThan(3)
    expect(scripts.prepack).toContain('npm run -s build')
  },
)

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly description?: string
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** Keys without a description, by their path. */
function undescribed(schema: JsonSchema, path: string): readonly string[] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [] } = schema
  const inner = [
    ...Object.entries(properties).map(([key, value]) => [`${path}.${key}`, value] as const),
    ...(items === undefined ? [] : [[`${path}[]`, items] as const]),
    ...(typeof additionalProperties === 'object' ? [[`${path}.*`, additionalProperties] as const] : []),
    ...[...anyOf, ...oneOf].map(option => [path, option] as const),
  ]
  const bare = Object.entries(properties).filter(
    ([, { description, anyOf: options = [] }]) =>
      description === undefined && options.every(option => option.description === undefined),
  )
  return [...bare.map(([key]) => `${path}.${key}`), ...inner.flatMap(([at, value]) => undescribed(value, at))]
}

test('every key that people write has a description in its JSON Schema', () => {
  const written = [...publishedSchemas()].filter(([path]) => /sflink\.schema|input\.schema/.test(path))
  expect(written.length).toBeGreaterThan(5)
  for (const [path, text] of written)
    expect({ path, undescribed: undescribed(JSON.parse(text), '') }).toMatchObject({ undescribed: [] })
})

test('git ignores the data and secrets that README tells a user to put into the checkout', async () => {
  const paths = [
    'data/contacts.csv',
    'sflink.yaml',
    '.env',
    'server.key',
    'runs/contacts.1/results.csv',
    '.sflink/temporal.db',
  ]
  const cwd = repository
  await copyFile(join(ROOT, '.gitignore'), join(cwd, '.gitignore'))
  await execa('git', ['init', '--quiet'], { cwd })
  const { stdout } = await execa('git', ['check-ignore', ...paths], { cwd, reject: false })
  expect(stdout.split('\n')).toEqual(paths)
})
