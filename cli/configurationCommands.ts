// The commands that write sflink.yaml.
import type { Command } from 'commander'
import { collect, withConfig, withJson } from './optionValues.ts'

export function addConfigurationCommands(program: Command): void {
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
