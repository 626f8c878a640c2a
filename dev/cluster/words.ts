// Output of the cluster at the end.
import Table from 'cli-table3'
import { heading, indented } from '../printing.ts'
import type { Load } from './load.ts'
import type { Claim } from './proof.ts'
import type { Stage } from './stage.ts'

export function showActivities({ report, settledAtKill, seconds, activities, restarted }: Load, stage: Stage): void {
  const [first, second] = stage.workers.map(({ pid }) => activities.get(pid) ?? 0)
  const others = [...activities].filter(([pid]) => !stage.workers.some(worker => worker.pid === pid))
  heading('Work per worker')
  indented([
    `${report.records.toLocaleString('en-US')} records in ${seconds.toFixed(1)} s; the kill came after ${settledAtKill.toLocaleString('en-US')} records`,
    `worker 1, killed: ${first} activities; worker 2: ${second}; the new worker: ${others.reduce((sum, [, count]) => sum + count, 0)}`,
    `activities of worker 1 that another worker started again: ${restarted}`,
  ])
}

/** Whether every claim is true. */
export function showClaims(claims: readonly Claim[]): boolean {
  heading('No duplicates, no lost records')
  const table = new Table({
    head: ['', 'found', 'expected', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  for (const { what, found, expected } of claims) {
    table.push([what, found.toLocaleString('en-US'), expected.toLocaleString('en-US'), found === expected ? '✓' : '✗'])
  }
  console.log(table.toString())
  const wrong = claims.filter(({ found, expected }) => found !== expected)
  if (wrong.length > 0) console.error(`\n${wrong.length} of these checks failed. The logs are in .cluster/logs`)
  return wrong.length === 0
}

export function showKept({ environment, temporal }: Stage): void {
  const names = ['TEMPORAL_ADDRESS', 'SFLINK_CONFIG', 'SF_LOGIN_URL', 'SF_CLIENT_ID', 'SF_CLIENT_SECRET'] as const
  const s3 = ['AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
  heading('Everything runs until Ctrl-C. In another terminal')
  indented([
    ...[names, s3].map(group => `export ${group.map(name => `${name}=${environment[name]}`).join(' ')}`),
    'npx sflink runs list',
    'npx sflink sync run cluster-contacts',
  ])
  heading('The runs in the Temporal UI')
  indented([`${temporal.uiUrl}/namespaces/default/workflows`])
  console.log()
}
