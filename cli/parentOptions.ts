// `--parents SYNC=RUN`: the runs whose records are the parents.
import type { Configuration } from '../config/configuration.ts'
import { openRunStores } from '../loader/storage/open.ts'
import { storedRunId } from './allRuns.ts'
import { CommandError } from './commandError.ts'
import type { RunOptions } from './runSpec.ts'

export type ParentOptions = { readonly parents?: readonly string[] }

/** The options with the runs by their ids: each may be given by its workflow, or by its sync for its last run. */
export async function withParentRuns<Options extends ParentOptions>(
  { runStore, baseDirectory }: Configuration,
  options: Options,
): Promise<Options & Pick<RunOptions, 'parentRuns'>> {
  const { parents = [] } = options
  if (parents.length === 0) return options
  const stores = openRunStores(runStore, baseDirectory)
  const parentRuns: Record<string, string> = {}
  for (const given of parents) {
    const [, sync, run] = /^([^=]+)=(.+)$/s.exec(given) ?? []
    if (sync === undefined || run === undefined) {
      throw new CommandError(
        `--parents is '${given}'; write it as SYNC=RUN, like accounts=accounts.2026-11-25T093012-4f1a`,
      )
    }
    parentRuns[sync] = await storedRunId(stores, run)
  }
  return { ...options, parentRuns }
}
