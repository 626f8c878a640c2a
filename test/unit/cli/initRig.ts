// `sflink init` in this process, with the answers of a person, against an emulated org.
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type InitOptions, initWith } from '../../../cli/commands/init.ts'
import { type Prompts, silentPrompts } from '../../../cli/init/prompts.ts'
import type { Emulator } from '../../../packages/emulator/index.ts'

/** By the beginning of a question: a text, or the label of a choice. */
type Answers = Readonly<Record<string, string | readonly string[]>>

export type InitRig = {
  readonly folder: string
  readonly config: string
  /** Writes a file of the folder and returns its path. */
  file(name: string, content: string | Uint8Array): Promise<string>
  /** Runs the command and returns what it said. Without answers no person is there. */
  init(source: string, options?: InitOptions, answers?: Answers): Promise<readonly string[]>
  read(name: string): Promise<string>
}

export async function initRig(root: string): Promise<InitRig> {
  const folder = await mkdtemp(join(root, 'init-'))
  await mkdir(join(folder, 'data'))
  const config = join(folder, 'sflink.yaml')
  return {
    folder,
    config,
    async file(name, content) {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    },
    async init(source, options = {}, answers) {
      const said: string[] = []
      const prompts =
        answers === undefined ? { ...silentPrompts, say: (text: string) => said.push(text) } : answering(answers, said)
      // Files of tests share a process, and init sets its exit code when no record can be sent.
      const before = process.exitCode
      await initWith(source, { config, ...options }, prompts)
      process.exitCode = before
      return said
    },
    read: name => readFile(join(folder, name), 'utf8'),
  }
}

/** A connection to the org, as YAML of a whole file. */
export const connectionTo = ({ url, credentials }: Emulator): string => `# our orgs
connections:
  acme:
    instanceUrl: ${url}
    auth: { flow: access_token, accessToken: "${credentials.accessToken}" }   # of the emulator
`

/** A list of answers is for a question that comes again. */
function answering(answers: Answers, said: string[]): Prompts {
  const asked = new Map<string, number>()
  const answerTo = (message: string): string => {
    said.push(message)
    const question = Object.keys(answers).find(one => message.startsWith(one))
    if (question === undefined) throw new Error(`No answer to: ${message}`)
    const times = asked.get(question) ?? 0
    asked.set(question, times + 1)
    const answer = answers[question] ?? ''
    return typeof answer === 'string' ? answer : (answer[times] ?? '')
  }
  return {
    isInteractive: true,
    async text({ message, check = () => undefined }) {
      const answer = answerTo(message)
      const problem = check(answer)
      if (problem === undefined) return answer
      throw new Error(problem)
    },
    secret: async ({ message }) => answerTo(message),
    async choose({ message, choices }) {
      const label = answerTo(message)
      const chosen = choices.find(choice => choice.label.startsWith(label))
      if (chosen === undefined)
        throw new Error(`${message} has no choice ${label}: ${choices.map(({ label }) => label)}`)
      return chosen.value
    },
    confirm: async message => answerTo(message) === 'yes',
    say: text => void said.push(text),
  }
}
