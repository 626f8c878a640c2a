// The ingest jobs that a load leaves open in the org. Salesforce stops them after seven days; until then they count against its limits.
import { jobOfNote } from '../../../loader/protocol/layout.ts'
import type { World } from '../protocol/memoryLoad.ts'
import type { Process } from './act.ts'
import type { Effect } from './effects.ts'

export class OpenedJobs {
  /** The process that got the Id of each job. */
  readonly #openers = new Map<string, Process>()

  /** Takes the answer that a process got from the org. */
  note({ name }: Effect, answer: unknown, process: Process): void {
    if (name === 'openIngestJob') this.#openers.set((answer as { readonly id: string }).id, process)
  }

  /** Open jobs that a worker could have aborted: not those whose Id is lost with an answer or with a process. */
  left({ org, files }: World): readonly string[] {
    const noted = new Set([...files.keys()].map(jobOfNote))
    const open = org.jobs.filter(({ state }) => state === 'Open').map(({ id }) => id)
    const isKnown = (id: string) => noted.has(id) || this.#openers.get(id)?.isKilled === false
    return open.filter(isKnown).map(id => `the job ${id} was left open`)
  }
}
