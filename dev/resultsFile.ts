// bench/RESULTS.md: the last published figures. Each command writes its own section and leaves the others as they are.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILE = join(ROOT, 'bench', 'RESULTS.md')

/** The sections in their order, each with its heading and the command that writes it. */
const SECTIONS = {
  clients: 'Loads, beside other clients',
  orgSpeed: 'Loads in an org with a limited speed',
  changed: 'Loads that send what changed',
  sources: 'Loads from every kind of source',
  workers: 'One load with several workers',
  locks: 'Locks on parents',
  chaos: 'Kills and faults',
} as const

export type Section = keyof typeof SECTIONS

const TITLE = '# Results\n\nMeasured with an emulated org on one machine, and written by the commands: do not edit.\n'

/** Replaces the section, or adds it. The text is Markdown without a heading. */
export async function writeSection(section: Section, text: string): Promise<void> {
  await mkdir(dirname(FILE), { recursive: true })
  const before = await readFile(FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  await writeFile(FILE, withSection(before, section, text))
}

/** The file with the section replaced or added; sections without a text are left out. */
export function withSection(file: string, section: Section, text: string): string {
  const texts = Object.keys(SECTIONS).flatMap(name => {
    const kept = name === section ? text.trim() : sectionIn(file, name as Section)
    return kept === undefined ? [] : [`${begin(name)}\n## ${SECTIONS[name as Section]}\n\n${kept}\n${end(name)}\n`]
  })
  return [TITLE, ...texts].join('\n')
}

const begin = (section: string): string => `<!-- ${section} -->`
const end = (section: string): string => `<!-- end of ${section} -->`

function sectionIn(file: string, section: Section): string | undefined {
  const [, rest] = file.split(`${begin(section)}\n`)
  return rest?.split(`\n${end(section)}`)[0]?.replace(/^## .*\n\n/, '')
}

/** Date, machine, Node and commit, in one line of Markdown. */
export async function describeMachine(): Promise<string> {
  const git = (...args: string[]) => execa('git', args, { cwd: ROOT, reject: false })
  const { stdout: commit } = await git('rev-parse', '--short', 'HEAD')
  const { stdout: changes } = await git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!bench')
  const [cpu] = cpus()
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} × ${cpu?.model.trim()}`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `Node ${process.versions.node}`,
    `commit ${commit || 'unknown'}${changes ? ' with changes' : ''}`,
  ].join(' · ')
}
