// What the cluster shows at the end.
import Table from 'cli-table3'
import { heading, indented } from '../demo/words.ts'
import type { Load } from './load.ts'
import type { Claim } from './proof.ts'
import type { Stage } from './stage.ts'

export function showSteps({ report, settledAtKill, seconds, steps, begunAgain }: Load, stage: Stage): void {
  const [first, second] = stage.workers.map(({ pid }) => steps.get(pid) ?? 0)
  const others = [...steps].filter(([pid]) => !stage.workers.some(worker => worker.pid === pid))
  heading('Who did it')
  indented([
    `${report.records.toLocaleString('en-US')} records in ${seconds.toFixed(1)} s; the kill came after ${settledAtKill.toLocaleString('en-US')}`,
    `worker 1, killed: ${first} steps; worker 2: ${second}; its replacement: ${others.reduce((sum, [, count]) => sum + count, 0)}`,
    `steps that worker 1 left and another began again: ${begunAgain}`,
  ])
}

/** Whether all of them hold. */
export function showClaims(claims: readonly Claim[]): boolean {
  heading('Nothing twice, nothing lost')
  const table = new Table({
    head: ['', 'found', 'to be', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  for (const { what, found, expected } of claims) {
    table.push([what, found.toLocaleString('en-US'), expected.toLocaleString('en-US'), found === expected ? '✓' : '✗'])
  }
  console.log(table.toString())
  const wrong = claims.filter(({ found, expected }) => found !== expected)
  if (wrong.length > 0) console.error(`\n${wrong.length} of these do not hold. The logs are in .cluster/logs`)
  return wrong.length === 0
}

export function showKept({ environment, temporal }: Stage): void {
  const names = ['TEMPORAL_ADDRESS', 'SFLINK_CONFIG', 'SF_LOGIN_URL', 'SF_CLIENT_ID', 'SF_CLIENT_SECRET'] as const
  const s3 = ['AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
  heading('All of it runs until Ctrl-C. In another terminal')
  indented([
    ...[names, s3].map(group => `export ${group.map(name => `${name}=${environment[name]}`).join(' ')}`),
    'npx sflink runs list',
    'npx sflink sync run cluster-contacts',
  ])
  heading('The runs in the Temporal UI')
  indented([`${temporal.uiUrl}/namespaces/default/workflows`])
  console.log()
}
