// What the command line says about a command that does not exist, and about wrong arguments.
import type { Command } from 'commander'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { CommandError } from './commandError.ts'

/** Lets each command name its own usage after an error, and each group the command that was probably meant. */
export function explainMistakes(program: Command): void {
  const all = commandsBelow(program)
  for (const command of [program, ...all]) {
    const path = pathOf(command)
    if (command.commands.length === 0) {
      command.showHelpAfterError(`Usage: ${path} ${command.usage()}; ${path} --help explains each`)
      continue
    }
    command.showHelpAfterError(`(${path} --help lists the commands)`)
    command.on('command:*', ([given = '']: readonly string[]) => {
      throw new CommandError(
        `unknown command '${given}'${meant(given, command, all) || '.'} ${path} --help lists the commands`,
      )
    })
  }
}

const commandsBelow = (command: Command): readonly Command[] =>
  command.commands.flatMap(child => [child, ...commandsBelow(child)])

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** A command of the same name in another group (`sflink run` for `sflink sync run`), else the nearest name in this one. */
function meant(given: string, group: Command, all: readonly Command[]): string {
  const elsewhere = all.filter(command => command.commands.length === 0 && command.name() === given)
  if (elsewhere.length > 0) return `; did you mean ${elsewhere.map(command => `"${pathOf(command)}"`).join(' or ')}?`
  return didYouMean(
    given,
    group.commands.map(command => command.name()),
  )
}
