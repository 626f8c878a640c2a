// Options that many commands have.
import type { Command } from 'commander'

export function withJson(command: Command): Command {
  return command.option('--json', 'prints the answer as JSON and nothing else')
}

export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the configuration; else SFLINK_CONFIG, else sflink.yaml')
}
