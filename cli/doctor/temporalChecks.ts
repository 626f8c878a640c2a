// Temporal itself: server, namespace, workers, search attributes.
import { isGrpcServiceError } from '@temporalio/client'
import type { Configuration } from '../../config/configuration.ts'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { attributesThere } from '../../workers/searchAttributes.ts'
import { planSchedules, type ScheduleStep } from '../schedules/plan.ts'
import { missingWorkerLine, namespaceMissing, type TemporalAccess } from '../temporal.ts'
import { type Finding, finding, warning, well, wrong } from './finding.ts'

const DAY_SECONDS = 86_400
/** gRPC's code NOT_FOUND. */
const GRPC_NOT_FOUND = 5

/** Rejects when the namespace does not exist. */
export async function checkServer({ client, namespace, address }: TemporalAccess): Promise<Finding> {
  const { serverVersion } = await client.workflowService.getSystemInfo({})
  const { config } = await client.workflowService.describeNamespace({ namespace }).catch((error: unknown) => {
    throw isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND ? namespaceMissing({ address, namespace }) : error
  })
  const retention = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0)
  const facts = `${address}, server ${serverVersion}, namespace ${namespace}, keeps ended runs for ${days(retention)}`
  if (retention === 0 || retention >= DAY_SECONDS) return well('Temporal', facts)
  return warning(
    'Temporal',
    `${facts}: a failed run may be deleted before anyone has seen it; raise it: temporal operator namespace update --namespace ${namespace} --retention 7d`,
  )
}

function days(seconds: number): string {
  if (seconds === 0) return 'an unknown time'
  const number = seconds / DAY_SECONDS
  return number >= 1
    ? `${Math.round(number)} ${Math.round(number) === 1 ? 'day' : 'days'}`
    : `${Math.round(number * 24)} hours`
}

export type CheckedWorkers = { readonly isThere: boolean; readonly finding: Finding }

export async function checkWorkers(temporal: TemporalAccess): Promise<CheckedWorkers> {
  const missing = await missingWorkers(temporal.client)
  if (isMissing(missing)) return { isThere: false, finding: wrong('Workers', missingWorkerLine(temporal, missing)) }
  return { isThere: true, finding: well('Workers', `poll the task queue ${TASK_QUEUE} for workflows and for loads`) }
}

export async function checkSearchAttributes({ client, namespace }: TemporalAccess): Promise<Finding> {
  const check = 'Search attributes'
  const { registered, missing, otherwise } = await attributesThere(client.connection.operatorService, namespace)
  const [clash] = otherwise
  if (clash !== undefined) {
    return warning(
      check,
      `${clash.name} is ${clash.type}, but it must be Keyword; runs work without it; to find them by it: temporal operator search-attribute remove --name ${clash.name}, then sflink setup`,
    )
  }
  if (missing.length === 0) return well(check, registered.join(', '))
  return warning(
    check,
    `${missing.join(', ')} not registered: runs can't be found by them in Temporal; register them: sflink setup`,
  )
}

const CHECK = 'Schedules'

/** Empty when neither has a schedule. Never rejects. */
export async function checkSchedules(
  temporal: TemporalAccess,
  configuration: Configuration,
): Promise<readonly Finding[]> {
  let steps: readonly ScheduleStep[] = []
  const found = await finding(CHECK, async () => {
    steps = await planSchedules(temporal, configuration)
    return scheduleFinding(steps)
  })
  return found.state !== 'wrong' && steps.length === 0 ? [] : [found]
}

function scheduleFinding(steps: readonly ScheduleStep[]): Finding {
  const open = steps.filter(({ step }) => step !== 'unchanged').map(({ step, sync }) => `${sync} (${WORDS[step]})`)
  if (open.length > 0) {
    return warning(
      CHECK,
      `differ from the configuration: ${open.join(', ')}; see sflink schedule plan, then: sflink schedule apply`,
    )
  }
  const zones = steps.flatMap(step =>
    step.step === 'unchanged' && step.zoneProblem !== undefined ? [`${step.sync}: ${step.zoneProblem}`] : [],
  )
  if (zones.length > 0) return warning(CHECK, zones.join('; '))
  const paused = steps.flatMap(step => (step.step === 'unchanged' && step.paused ? [step.sync] : []))
  if (paused.length === 0) return well(CHECK, `${steps.map(({ sync }) => sync).join(', ')} as configured`)
  return warning(CHECK, `${paused.join(', ')} paused; start runs again: sflink schedule resume ${paused[0]}`)
}

const WORDS: Readonly<Record<ScheduleStep['step'], string>> = {
  create: 'not in Temporal',
  change: 'differs in Temporal',
  remove: 'only in Temporal',
  unchanged: 'unchanged',
}
