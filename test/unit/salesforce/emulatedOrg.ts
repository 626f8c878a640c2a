import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import type { ConnectionSettings } from '../../../loader/salesforce/settings.ts'
import type { Emulator } from '../../../packages/emulator/index.ts'
import { FLOW_CASES, settingsFor } from './authSettings.ts'

/** A connection to the emulated org by client credentials. */
export const connectToEmulator = (emulator: Emulator, settings: Partial<ConnectionSettings> = {}) =>
  createSalesforceConnection({
    ...settingsFor(emulator, FLOW_CASES.client_credentials.right(emulator)),
    ...settings,
  })
