import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, type LogLevel } from '@temporalio/worker'
import { FAILURE_CONVERTER_PATH } from '../encryption/dataConverter.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const fileOf = (name: string) => fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url))

export type BundleOptions = {
  /** Whether failures become payloads, as workers with encryption keys need it. @default false */
  readonly encodesFailures?: boolean
  /** @default WARN */
  readonly logLevel?: LogLevel
}

/** The code of all workflows as one text. The bundler takes 300 MB that a process never gives back. */
export async function bundleWorkflows({
  encodesFailures = false,
  logLevel = 'WARN',
}: BundleOptions = {}): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileOf('index'),
    workflowInterceptorModules: [fileOf('waitForKey')],
    logger: new DefaultLogger(logLevel),
    ...(encodesFailures ? { failureConverterPath: FAILURE_CONVERTER_PATH } : {}),
  })
  return code
}
