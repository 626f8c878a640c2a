import type { Emulator } from '../../emulator/index.ts'
import { type ConnectionSettings, createSalesforceConnection } from '../../salesforce/index.ts'
import { FLOW_CASES, settingsFor } from './authSettings.ts'

/** A connection to the emulated org by client credentials. */
export const connectToEmulator = (emulator: Emulator, settings: Partial<ConnectionSettings> = {}) =>
  createSalesforceConnection({
    ...settingsFor(emulator, FLOW_CASES.client_credentials.right(emulator)),
    ...settings,
  })
