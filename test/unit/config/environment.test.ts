import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { configurationPath, logLevel, tracesAreWanted } from '../../../config/environment.ts'
import { EnvironmentError } from '../../../config/problems.ts'
import { TemporalSettingsError } from '../../../packages/client/errors.ts'
import { temporalSettings } from '../../../packages/client/settings.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

beforeEach(() => {
  for (const name of [
    'TEMPORAL_ADDRESS',
    'TEMPORAL_NAMESPACE',
    'TEMPORAL_API_KEY',
    'TEMPORAL_PROFILE',
    'TEMPORAL_TLS',
  ]) {
    vi.stubEnv(name, undefined)
  }
  vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'absent.toml'))
})

afterEach(() => {
  vi.unstubAllEnvs()
})

test('Temporal is on this machine by default', () => {
  expect(temporalSettings()).toMatchObject({ address: '127.0.0.1:7233', namespace: 'default' })
})

test('the environment sets the address and namespace of Temporal', () => {
  vi.stubEnv('TEMPORAL_ADDRESS', 'temporal.acme.com:7233')
  vi.stubEnv('TEMPORAL_NAMESPACE', 'loads')
  expect(temporalSettings()).toMatchObject({
    address: 'temporal.acme.com:7233',
    namespace: 'loads',
    connectionOptions: { address: 'temporal.acme.com:7233' },
  })
})

test('the profile of the temporal command sets the address and namespace of Temporal', async () => {
  const file = join(folder, 'temporal.toml')
  await writeFile(file, '[profile.cloud]\naddress = "acme.tmprl.cloud:7233"\nnamespace = "acme.prod"\napi_key = "k"\n')
  vi.stubEnv('TEMPORAL_CONFIG_FILE', file)
  vi.stubEnv('TEMPORAL_PROFILE', 'cloud')
  expect(temporalSettings()).toMatchObject({ address: 'acme.tmprl.cloud:7233', namespace: 'acme.prod' })
})

test('a missing profile is reported as an error of the settings', () => {
  vi.stubEnv('TEMPORAL_PROFILE', 'clowd')
  expect(temporalSettings).toThrow(TemporalSettingsError)
  expect(temporalSettings).toThrow(/settings for Temporal.*clowd.*TEMPORAL_\*/)
})

test('the path of the configuration is the given one, else SFLINK_CONFIG, else sflink.yaml', () => {
  vi.stubEnv('SFLINK_CONFIG', undefined)
  expect(configurationPath()).toBe('sflink.yaml')
  vi.stubEnv('SFLINK_CONFIG', '/etc/sflink.yaml')
  expect(configurationPath()).toBe('/etc/sflink.yaml')
  expect(configurationPath('mine.yaml')).toBe('mine.yaml')
})

test('an unknown log level is rejected with the allowed levels', () => {
  vi.stubEnv('SFLINK_LOG', undefined)
  expect(logLevel()).toBe('info')
  vi.stubEnv('SFLINK_LOG', 'WARN')
  expect(logLevel()).toBe('warn')
  vi.stubEnv('SFLINK_LOG', 'loud')
  expect(logLevel).toThrow("SFLINK_LOG is 'loud'; use one of trace, debug, info, warn, error")
})

test('traces are enabled when a collector is configured', () => {
  for (const name of ['OTEL_SDK_DISABLED', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
    vi.stubEnv(name, undefined)
  }
  expect(tracesAreWanted()).toBe(false)
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318')
  expect(tracesAreWanted()).toBe(true)
  vi.stubEnv('OTEL_SDK_DISABLED', 'true')
  expect(tracesAreWanted()).toBe(false)
})

test('a collector that is not a URL is rejected with an example', () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4317')
  expect(tracesAreWanted).toThrow(EnvironmentError)
  expect(tracesAreWanted).toThrow(
    'OTEL_EXPORTER_OTLP_ENDPOINT is not a valid URL; give that of a collector for OTLP over HTTP, like http://127.0.0.1:4318',
  )
})
