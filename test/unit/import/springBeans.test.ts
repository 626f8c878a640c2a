import { expect, test } from 'vitest'
import { readBeans } from '../../../cli/import/springBeans.ts'

const read = (text: string | Uint8Array) => readBeans(Buffer.from(text), 'x.xml')

const bean = (inner: string, attributes = 'id="a"') => `<beans><bean ${attributes}>${inner}</bean></beans>`

const PATH = bean('<property name="path" value="C:\\Müller"/>')

test.each([
  ['UTF-8', Buffer.from(PATH)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${PATH}`)],
  ['UTF-16', Buffer.from(`\ufeff${PATH}`, 'utf16le')],
  ['a declared windows-1252', Buffer.from(`<?xml version="1.0" encoding="windows-1252"?>${PATH}`, 'latin1')],
])('%s is read', (_, bytes) => {
  expect(read(bytes).get('a')?.text('path')).toBe('C:\\Müller')
})

test('values are read from attributes, elements and CDATA, and comments are passed over', () => {
  const beans = read(
    bean(`<!-- <property name="one" value="no"/> -->
<property name="one"><value> two &amp; three </value></property>
<property name="sql"><value><![CDATA[a < b]]></value></property>
<property name="ref" ref="other"/>
<property name="names"><list><value>x</value><value>y</value></list></property>
<property name="map"><props><prop key="k">v</prop></props></property>`),
  )
  const a = beans.get('a')
  expect([a?.text('one'), a?.text('sql'), a?.text('ref'), a?.text('none')]).toEqual([
    'two & three',
    'a < b',
    'other',
    undefined,
  ])
  expect(a?.items('names')).toEqual(['x', 'y'])
  expect([...(a?.entries('map') ?? [])]).toEqual([['k', 'v']])
})

test('a map replaces that of the parent unless it says merge', () => {
  const map = (attributes: string, key: string) =>
    `<property name="map"><map ${attributes}><entry key="${key}" value="${key}"/></map></property>`
  const beans = read(`<beans>
<bean id="base" abstract="true" class="C">${map('', 'base')}</bean>
<bean id="merged" parent="base">${map('merge="true"', 'own')}</bean>
<bean id="replaced" parent="base">${map('', 'own')}</bean>
<bean id="inherited" parent="merged"/>
</beans>`)
  const keys = (id: string) => [...(beans.get(id)?.entries('map').keys() ?? [])]
  expect(keys('merged')).toEqual(['base', 'own'])
  expect(keys('replaced')).toEqual(['own'])
  expect(keys('inherited')).toEqual(['base', 'own'])
  expect(beans.get('inherited')?.className).toBe('C')
})

test.each([
  ['', 'x.xml:1:0: document must contain a root element; correct the XML, or save the file again'],
  [bean('', 'class="C"'), 'x.xml:1: a bean has no id; give it one, as Data Loader needs it too'],
  ['<beans><bean id="a"/>\n<bean id="a"/></beans>', 'x.xml:2: a second bean is called a; give each its own id'],
  [bean('', 'id="a" parent="b"'), 'x.xml:1: a bean names the parent b, which the file does not have; correct parent='],
  [
    '<beans><bean id="a" parent="b"/><bean id="b" parent="a"/></beans>',
    'x.xml:1: a bean names the parent a, which leads back to it; correct parent=',
  ],
  [
    '<?xml version="1.0" encoding="ebcdic"?><beans/>',
    'x.xml declares the encoding ebcdic, which is unknown; save it as UTF-8',
  ],
])('%j is rejected', (text, message) => {
  expect(() => read(text)).toThrow(message)
})

test('bytes that are not in the declared encoding are rejected', () => {
  expect(() => read(Buffer.from('<beans>M\u00fcller</beans>', 'latin1'))).toThrow(
    'x.xml is not utf-8 text; save it as UTF-8, or declare its encoding in its first line',
  )
})
