// The beans of process-conf.xml and database-conf.xml. https://docs.spring.io/spring-framework/docs/2.0.x/reference/xsd-config.html
import { CommandError } from '../commandError.ts'
import { readXml, type XmlElement } from './xmlElements.ts'

export type Bean = {
  readonly id: string
  /** 1-based. */
  readonly line: number
  /** The Java class, also when a parent has it; empty when no bean does. */
  readonly className: string
  readonly isAbstract: boolean
  /** The text of a property, or the name of the bean that it refers to. */
  text(property: string): string | undefined
  /** The entries of a property with a map; those of a parent too, where the map says `merge="true"`. */
  entries(property: string): ReadonlyMap<string, string>
  /** The items of a property with a list. */
  items(property: string): readonly string[]
}

/** Throws CommandError when the file is not well-formed, has no beans, or two of one name. @param shown the file in messages */
export function readBeans(bytes: Uint8Array, shown: string): ReadonlyMap<string, Bean> {
  const root = readXml(bytes, shown)
  if (root.name !== 'beans') {
    throw new CommandError(`${shown} has no <beans>, but <${root.name}>; give the process-conf.xml of Data Loader`)
  }
  const elements = new Map<string, XmlElement>()
  for (const element of root.children.filter(({ name }) => name === 'bean')) {
    const id = element.attributes['id'] ?? element.attributes['name'] ?? ''
    const place = `${shown}:${element.line}`
    if (id === '') throw new CommandError(`${place}: a bean has no id; give it one, as Data Loader needs it too`)
    if (elements.has(id)) throw new CommandError(`${place}: a second bean is called ${id}; give each its own id`)
    elements.set(id, element)
  }
  return new Map([...elements].map(([id, element]) => [id, beanOf(id, lineage(element, elements, shown))]))
}

/** The element and its parents, the nearest first. */
function lineage(
  element: XmlElement,
  elements: ReadonlyMap<string, XmlElement>,
  shown: string,
): readonly [XmlElement, ...XmlElement[]] {
  const found: [XmlElement, ...XmlElement[]] = [element]
  for (let parent = element.attributes['parent']; parent !== undefined; ) {
    const next = elements.get(parent)
    if (next === undefined || found.includes(next)) {
      const words = next === undefined ? 'which the file does not have' : 'which leads back to it'
      throw new CommandError(`${shown}:${element.line}: a bean names the parent ${parent}, ${words}; correct parent=`)
    }
    found.push(next)
    parent = next.attributes['parent']
  }
  return found
}

function beanOf(id: string, elements: readonly [XmlElement, ...XmlElement[]]): Bean {
  const [own] = elements
  const property = (name: string) => elements.flatMap(element => propertiesOf(element, name))
  return {
    id,
    line: own.line,
    className: elements.map(({ attributes }) => attributes['class']).find(name => name !== undefined) ?? '',
    isAbstract: own.attributes['abstract'] === 'true',
    text(name) {
      const [nearest] = property(name)
      return nearest && textOf(nearest)
    },
    entries: name => mergedEntries(property(name)),
    items: name => property(name).slice(0, 1).flatMap(itemsOf),
  }
}

const propertiesOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter(child => child.name === 'property' && child.attributes['name'] === name)

const childOf = ({ children }: XmlElement, ...names: readonly string[]): XmlElement | undefined =>
  children.find(({ name }) => names.includes(name))

function textOf(element: XmlElement): string {
  const { value, ref } = element.attributes
  const inner = childOf(element, 'value')
  const reference = childOf(element, 'ref')?.attributes
  return value ?? ref ?? reference?.['bean'] ?? reference?.['local'] ?? inner?.text ?? element.text
}

function mergedEntries(properties: readonly XmlElement[]): ReadonlyMap<string, string> {
  const merged: (readonly [string, string])[] = []
  for (const property of properties) {
    const map = childOf(property, 'map', 'props')
    merged.unshift(...(map?.children ?? []).map(entryOf))
    if (map?.attributes['merge'] !== 'true') break
  }
  return new Map(merged)
}

function entryOf(element: XmlElement): readonly [string, string] {
  const key = childOf(element, 'key')
  return [(element.attributes['key'] ?? (key && textOf(key)) ?? '').trim(), textOf(element)]
}

const itemsOf = (property: XmlElement): readonly string[] =>
  (childOf(property, 'list')?.children ?? []).map(({ text }) => text)
