import { visibleText } from '../packages/client/contract/visibleText.ts'

/**
 * From now on everything that this process prints is shown by `visibleText`: names, values and messages come from files, orgs and
 * other callers, and an escape sequence among them would be obeyed by the terminal.
 */
export function shieldConsole(): void {
  for (const stream of ['log', 'error'] as const) {
    const print = console[stream].bind(console)
    console[stream] = (text: string) => print(visibleText(text))
  }
}
