// Questions of `sflink init`: in a terminal to a person, else to the options of the command.
import { CommandError, EXIT } from '../commandError.ts'

type Asked = {
  readonly message: string
  /** The option that answers the question: `--object`. */
  readonly option: string
}

export type Choice<Value> = { readonly value: Value; readonly label: string; readonly hint?: string }

export type Prompts = {
  /** Whether a person answers. */
  readonly isInteractive: boolean
  /** @param check what is wrong with an answer; undefined when nothing is */
  text(
    asked: Asked & { readonly initial?: string; readonly check?: (answer: string) => string | undefined },
  ): Promise<string>
  secret(asked: Asked): Promise<string>
  choose<Value>(asked: Asked & { readonly choices: readonly Choice<Value>[] }): Promise<Value>
  /** Whether to continue; true without a person. */
  confirm(message: string): Promise<boolean>
  /** Shows a text to a person. */
  say(text: string): void
}

/** Throws CommandError, with the option, for whatever would have to be asked. */
export const silentPrompts: Prompts = {
  isInteractive: false,
  text: async asked => unanswered(asked),
  secret: async asked => unanswered(asked),
  choose: async asked => unanswered(asked),
  confirm: async () => true,
  say: text => console.log(text),
}

function unanswered({ message, option }: Asked): never {
  throw new CommandError(`${message}: give ${option}, or answer in a terminal without --yes. Nothing was written`)
}

/** Asks in the terminal. Throws CommandError when a question is cancelled. */
export async function terminalPrompts(): Promise<Prompts> {
  const { cancel, isCancel, confirm, log, password, select, text } = await import('@clack/prompts')
  const answered = <Value>(answer: Value): Exclude<Value, symbol> => {
    if (!isCancel(answer)) return answer as Exclude<Value, symbol>
    cancel('Cancelled')
    throw new CommandError('Nothing was written', EXIT.detached)
  }
  const required = (answer: string | undefined) => (answer?.trim() ? undefined : 'Give a value')
  return {
    isInteractive: true,
    async text({ message, initial = '', check = () => undefined }) {
      const validate = (answer: string | undefined) => required(answer) ?? check((answer ?? '').trim())
      return answered(await text({ message, initialValue: initial, validate })).trim()
    },
    secret: async ({ message }) => answered(await password({ message, validate: required })).trim(),
    async choose({ message, choices }) {
      // The values may be objects, which the types of the library tell apart from texts.
      // A hint of the library appears for the marked choice alone.
      const options = choices.map(({ label, hint }, index) => ({
        value: index,
        label: hint ? `${label}  (${hint})` : label,
      }))
      const chosen = choices[answered(await select({ message, options, maxItems: 12 }))]
      if (chosen === undefined) throw new CommandError('Nothing was chosen')
      return chosen.value
    },
    confirm: async message => answered(await confirm({ message })),
    say: text => log.message(text),
  }
}
