import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, type LogLevel } from '@temporalio/worker'
import { FAILURE_CONVERTER_PATH } from '../packages/client/encryption/encryptionCodec.ts'
import type { BundleKind } from './workflowBundle.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const fileOf = (name: string) => fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url))

const TRACING_MODULE = createRequire(import.meta.url).resolve(
  '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js',
)

/** Each part of the kind is off by default. */
type BundleOptions = Partial<BundleKind> & {
  /** @default WARN */
  readonly logLevel?: LogLevel
}

/** Returns the code of all workflows. The bundler takes 300 MB that a process never releases. */
export async function bundleWorkflows({
  encodesFailures = false,
  traced = false,
  logLevel = 'WARN',
}: BundleOptions = {}): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileOf('index'),
    workflowInterceptorModules: [fileOf('laterSteps'), ...(traced ? [TRACING_MODULE] : [])],
    logger: new DefaultLogger(logLevel),
    // Positions of stack traces need no copy of the sources, which would be half of the bundle in each worker's memory.
    webpackConfigHook: config => ({ ...config, devtool: 'inline-nosources-source-map' }),
    ...(encodesFailures ? { failureConverterPath: FAILURE_CONVERTER_PATH } : {}),
  })
  return asciiOnly(code)
}

/** One character above U+00FF makes V8 keep the whole text in two bytes per character, in each of its copies. */
const asciiOnly = (code: string): string =>
  code.replace(/[\u0080-\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
