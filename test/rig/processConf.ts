// Files of Data Loader as people have them.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The settings of a process. */
type Settings = Readonly<Record<string, string>>

export const LOAD: Settings = {
  'sfdc.endpoint': 'https://acme.my.salesforce.com',
  'sfdc.username': 'loader@acme.com',
  'sfdc.password': '3a4f908d34a43f2b',
  'sfdc.entity': 'Contact',
  'process.operation': 'insert',
  'process.mappingFile': 'C:\\dataloader\\conf\\contacts.sdl',
  'dataAccess.type': 'csvRead',
  'dataAccess.name': 'data/contacts.csv',
}

export function processConf(processes: Readonly<Record<string, Settings>>): string {
  const beans = Object.entries(processes).map(([id, settings]) => {
    const entries = Object.entries(settings).map(
      ([key, value]) => `      <entry key="${key}" value="${escaped(value)}"/>`,
    )
    return `  <bean id="${id}" class="com.salesforce.dataloader.process.ProcessRunner" singleton="false">
    <property name="name" value="${id}"/>
    <property name="configOverrideMap">
      <map>
${entries.join('\n')}
      </map>
    </property>
  </bean>`
  })
  return `<!DOCTYPE beans PUBLIC "-//SPRING//DTD BEAN//EN" "http://www.springframework.org/dtd/spring-beans.dtd">
<beans>
${beans.join('\n')}
</beans>
`
}

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** A new directory with files in `conf/` and `data/`: a mapping, a source, and those that are given. */
export async function dataLoaderFolder(parent: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(parent, 'case-'))
  await mkdir(join(folder, 'conf'))
  await mkdir(join(folder, 'data'))
  const all = {
    'conf/contacts.sdl': 'LAST_NAME=LastName\nEMAIL=Email\n',
    'data/contacts.csv': 'last_name,email\nDoe,doe@acme.com\n',
    ...files,
  }
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text)
  return folder
}
