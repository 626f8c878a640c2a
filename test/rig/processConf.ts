// A process-conf.xml as people have it, with the settings of each process.

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
