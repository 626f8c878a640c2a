// What a step answers goes into the run's history, and Temporal takes no more than 2 MB of it at a time.

type Limit = {
  /** Bytes as JSON. */
  readonly most: number
  /** What to do about a larger one. */
  readonly remedy: string
}

/** Temporal's limit is 2 MiB for each payload: https://docs.temporal.io/self-hosted-guide/defaults. Encryption and names need a little. */
const GENERAL: Limit = { most: 1_900_000, remedy: 'Report this as a fault of Salesforce Link' }

const LIMITS: Readonly<Record<string, Limit>> = {
  // The chunks go into the next history together with the input, which may hold 1 MB of records.
  stageSource: {
    most: 900_000,
    remedy:
      'Let chunks be larger, so that there are fewer: chunk.bulkRecords, chunk.bulkBytes, chunk.collectionsRecords',
  },
  aggregateResults: {
    most: GENERAL.most,
    remedy:
      'The records are loaded, and their results are in results.csv of the run. Set inlineResults to false, or fewer identityFields',
  },
}

/** One line, when the answer of a step is too large for Temporal; else undefined. */
export function resultProblem(step: string, answer: unknown): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(answer) ?? '')
  const { most, remedy } = LIMITS[step] ?? GENERAL
  if (bytes <= most) return undefined
  return `The answer of ${step} takes ${bytes} bytes, and ${most} are the most that its run can keep in Temporal. ${remedy}`
}
