// The disk of the run store fails while a run sends: the run waits for it, or is resumed, and no record is written twice.
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { breakDisk } from '../../rig/brokenDisk.ts'
import { contactsFrom, fileRig, people, QUICK, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()

let repair: () => void = () => undefined
afterEach(() => repair())

const RECORDS = 450
const ALL = { created: RECORDS, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }

/** A run of three requests whose second one is answered late. Resolves when the first is answered. */
async function startSending(): Promise<{
  readonly org: RigOrg
  readonly runId: string
  readonly report: () => Promise<unknown>
}> {
  const org = await rig.openOrg()
  org.emulator.faults.add({
    match: { operation: 'collectionCreate' },
    after: 1,
    times: 1,
    fault: { type: 'delay', ms: 2_000 },
  })
  const spec = contactsFrom(await rig.source(people(RECORDS)), org, { engine: 'collections', ...QUICK })
  const { runId, report } = await rig.start({ ...spec, resend: { ...QUICK.resend, lostAnswerWait: 1_000 } })
  await org.meetsFault()
  return { org, runId, report }
}

const contactsIn = async (org: RigOrg) => (await org.records('Contact', 'Id')).length

test.each(['ENOSPC', 'EROFS'] as const)('a run waits for a disk with %s, and then loads the rest', async fault => {
  const { org, report } = await startSending()
  let failed = 0
  repair = breakDisk({
    fault,
    strikes: path => {
      if (!path.startsWith(join(rig.folder, 'runs'))) return false
      failed += 1
      // The answer is not recorded, and further attempts find the disk as it is.
      if (failed > 2) repair()
      return true
    },
  })
  expect(await report()).toMatchObject({ tally: ALL })
  expect(failed).toBeGreaterThan(2)
  expect(await contactsIn(org)).toBe(RECORDS)
})

test('a run whose disk is gone fails, and loads the rest when the disk is back and the run is resumed', async () => {
  const { org, runId, report } = await startSending()
  const runs = join(rig.folder, 'runs')
  await rename(runs, `${runs}-away`)
  await mkdir(runs)
  await expect(report()).rejects.toThrow()
  await rm(runs, { recursive: true })
  await rename(`${runs}-away`, runs)
  const spec = JSON.parse(await rig.text(runId, 'spec.json')) as Readonly<Record<string, unknown>>
  expect(await rig.load(spec, { runId })).toMatchObject({ tally: ALL })
  expect(await contactsIn(org)).toBe(RECORDS)
})
