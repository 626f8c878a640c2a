// The commands that write sflink.yaml.
import { type Command, Option } from 'commander'
import { OPERATIONS } from '../packages/client/contract/operations.ts'
import { collect, withConfig, withJson } from './optionValues.ts'

export function addConfigurationCommands(program: Command): void {
  addInitCommand(program)
  withConfig(withJson(program.command('import')))
    .description("adds the loads of Data Loader's process-conf.xml or of SFDMU's export.json to the configuration")
    .argument('<path>', 'the file, or its directory')
    .option('--only <name>', 'this process or object; may be repeated', collect)
    .option('--connection <name>', 'a connection of the configuration in place of those in the file')
    .option('--login-url <url>', 'the My Domain of the org, like https://acme.my.salesforce.com')
    .option('--schedule <cron>', 'when the loads run, like "30 2 * * *", or a line of a crontab')
    .option('--dry-run', 'shows what would be written')
    .action(async (path, options) => (await import('./commands/import.ts')).importLoads(path, options))
}

function addInitCommand(program: Command): void {
  withConfig(program.command('init'))
    .description(
      'writes a sync for a source into sflink.yaml, with the reason beside each line, and checks its first records',
    )
    .argument('<source>', 'a file, or a URI such as https://host/contacts.csv or database:crm')
    .option('--connection <name>', 'a connection of the configuration')
    .option('--object <name>', 'API name of the object, like Contact; else suggested')
    .option('--name <name>', 'of the new sync; else after its source')
    .addOption(new Option('--operation <operation>', 'what happens to the records; else suggested').choices(OPERATIONS))
    .option('--key <field>', 'the field that finds existing records; else suggested')
    .option('--dates <pattern>', 'how dates are written, like dd/MM/yyyy; may be repeated', collect)
    .option('--time-zone <zone>', 'of times without an offset, like Europe/Berlin')
    .option('--set <key=value>', 'a key of the source, like encoding=windows-1252; may be repeated', collect)
    .option('--query <sql>', 'the query of a database')
    .option('--instance-url <url>', 'makes a new connection to this org, with SF_ACCESS_TOKEN of the environment')
    .option('--client-id <id>', 'logs in to it by client credentials, with SF_CLIENT_SECRET of the environment')
    .option('--yes', 'asks nothing; what is not certain is written as a comment')
    .action(async (source, options) => (await import('./commands/init.ts')).init(source, options))
}
