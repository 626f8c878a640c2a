import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, type LogLevel } from '@temporalio/worker'
import { FAILURE_CONVERTER_PATH } from '../packages/client/encryption/dataConverter.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const fileOf = (name: string) => fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url))

const TRACING_MODULE = createRequire(import.meta.url).resolve(
  '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js',
)

export type BundleOptions = {
  /** Whether failures become payloads, as workers with encryption keys need it. @default false */
  readonly encodesFailures?: boolean
  /** Whether workflows make spans, as workers with tracing need it. @default false */
  readonly traced?: boolean
  /** @default WARN */
  readonly logLevel?: LogLevel
}

/** The code of all workflows as one text. The bundler takes 300 MB that a process never gives back. */
export async function bundleWorkflows({
  encodesFailures = false,
  traced = false,
  logLevel = 'WARN',
}: BundleOptions = {}): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileOf('index'),
    workflowInterceptorModules: [fileOf('waitForKey'), ...(traced ? [TRACING_MODULE] : [])],
    logger: new DefaultLogger(logLevel),
    ...(encodesFailures ? { failureConverterPath: FAILURE_CONVERTER_PATH } : {}),
  })
  return code
}
