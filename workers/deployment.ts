// Worker Versioning: which build of the workers goes on with a run.
import type { WorkerDeploymentOptions } from '@temporalio/worker'

/** One build of the workers of one deployment, as Temporal tells them apart. */
export type Deployment = { readonly name: string; readonly buildId: string }

/**
 * Runs stay with the build that began them (PINNED), workflows and activities alike: a load ends within hours, and then neither its
 * history nor what its steps hand on ever meets another build. Workflows that live for long say otherwise themselves.
 */
export function deploymentOptions({ name, buildId }: Deployment): WorkerDeploymentOptions {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  }
}
