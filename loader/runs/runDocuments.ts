// The small documents of a run that show its outcome. Results and chunks are never read here.
import { EXECUTIONS_FOLDER, executionFiles, REPORT_FILE } from '../protocol/layout.ts'
import type { RunStore } from '../storage/runStore.ts'

/** Parsed JSON; the caller checks its content: the files may be damaged, or of another program. */
export type RunDocuments = {
  readonly report?: unknown
  readonly executions: readonly { readonly execution: string; readonly started?: unknown; readonly ended?: unknown }[]
  /** What can't be read, and why. */
  readonly unreadable: readonly string[]
}

const STARTED = /^executions\/(.+)\.started\.json$/

/** Never rejects because of a file: it lists the file as unreadable. */
export async function readRunDocuments(store: RunStore): Promise<RunDocuments> {
  const unreadable: string[] = []
  const read = async (path: string): Promise<unknown> => {
    try {
      const text = await store.readText(path)
      return text === undefined ? undefined : JSON.parse(text)
    } catch (error) {
      unreadable.push(reasonOf(path, error))
      return undefined
    }
  }
  const report = await read(REPORT_FILE)
  const paths = await store.list(EXECUTIONS_FOLDER).catch((error: unknown) => {
    unreadable.push(reasonOf(EXECUTIONS_FOLDER, error))
    return []
  })
  const names = paths.flatMap(path => STARTED.exec(path)?.[1] ?? [])
  const executions = await Promise.all(
    names.map(async execution => {
      const files = executionFiles(execution)
      return { execution, started: await read(files.started), ended: await read(files.ended) }
    }),
  )
  return { ...(report === undefined ? {} : { report }), executions, unreadable }
}

function reasonOf(path: string, error: unknown): string {
  if (error instanceof SyntaxError) return `${path} is not valid JSON`
  return error instanceof Error ? error.message : String(error)
}
