// Sections of bench/RESULTS.md, each between two markers, so that a program replaces its own alone.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const RESULTS = fileURLToPath(new URL('../../bench/RESULTS.md', import.meta.url))

export async function writeSection(name: string, content: string): Promise<void> {
  const text = await readFile(RESULTS, 'utf8').catch(() => '')
  await mkdir(dirname(RESULTS), { recursive: true })
  await writeFile(RESULTS, withSection(text, name, content))
}

/** The text with the content between the markers of the section; a section that is not there yet goes to the end. */
export function withSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const section = `${begin}\n${content}\n${end}`
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from >= 0 && to > from) return text.slice(0, from) + section + text.slice(to + end.length)
  return `${text === '' ? '' : `${text.trimEnd()}\n\n`}${section}\n`
}
