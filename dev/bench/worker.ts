// The worker as `sflink worker` runs it; prints `ready` when it polls.
import { Runtime } from '@temporalio/worker'
import { loadConfiguration } from '../../config/environment.ts'
import { temporalSettings } from '../../packages/client/settings.ts'
import { createDependencies } from '../../workers/dependencies.ts'
import { createLogger } from '../../workers/telemetry/logger.ts'
import { startWorker } from '../../workers/worker.ts'

Runtime.install({ logger: createLogger('error') })
const dependencies = createDependencies(await loadConfiguration())
const worker = await startWorker({ temporal: temporalSettings(), dependencies })
console.log('ready')
await worker.stopped
