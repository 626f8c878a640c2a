// Words for when nobody works on what was started, and what to do.
import type { MissingWorkers } from './missingWorkers.ts'

/**
 * @param queue as the reader is to know it: `x (namespace y)`
 * @param effect follows the fact, such as `, so the run waits`. @default none
 */
export function missingLine({ roles, idle }: MissingWorkers, queue: string, effect = ''): string {
  const lines = roles.length > 0 ? [missingRole(roles, queue, effect)] : []
  return (idle === undefined ? lines : [...lines, idleLine(idle, queue, effect)]).join('. ')
}

function missingRole(roles: MissingWorkers['roles'], queue: string, effect: string): string {
  const [role] = roles.length === 1 ? roles : []
  const [worker, command] = role === undefined ? ['worker', ''] : [`${role} worker`, ` --role ${role}`]
  return `No ${worker} polls the task queue ${queue}${effect}. Start one: sflink worker${command}`
}

function idleLine({ version, current }: NonNullable<MissingWorkers['idle']>, queue: string, effect: string): string {
  const reason = current ? `while build ${current.buildId} of ${current.deploymentName} is` : 'until it is made'
  const setCurrent = 'temporal worker deployment set-current-version --deployment-name'
  if (version !== undefined) {
    const { deploymentName, buildId } = version
    return (
      `Build ${buildId} of the deployment ${deploymentName} polls the task queue ${queue} but gets no new run ${reason} current${effect}. ` +
      `Make it current: ${setCurrent} ${deploymentName} --build-id ${buildId}`
    )
  }
  return (
    `Workers of no build poll the task queue ${queue} but get no new run ${reason} current${effect}. ` +
    `Start one of that build: sflink worker --deployment ${current?.deploymentName} --build-id ${current?.buildId}; ` +
    `or do without builds: ${setCurrent} ${current?.deploymentName} --unversioned`
  )
}
