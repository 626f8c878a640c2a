// Builds the Temporal CLI with Go.
import { basename, dirname } from 'node:path'
import { buildWithGo } from './goBuild.ts'

/** What to put where: the version without `v`, and the path the executable shall have. */
export type InstallRequest = {
  readonly version: string
  readonly target: string
  readonly environment: NodeJS.ProcessEnv
}

/** Returns undefined when the executable is at its target, else the reason why not. */
export function buildTemporal({ version, target, environment }: InstallRequest): Promise<string | undefined> {
  return buildWithGo({
    ...{ what: `Temporal ${version} for development`, version, environment },
    programs: [{ path: 'github.com/temporalio/cli/cmd/temporal', name: basename(target) }],
    folder: dirname(target),
  })
}
