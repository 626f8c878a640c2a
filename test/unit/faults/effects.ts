// What a worker does to the org and to its run store, call by call, so that a fault can strike at any of them.
import type { SalesforceConnection } from '../../../loader/salesforce/salesforceConnection.ts'
import type { RunStore } from '../../../loader/storage/runStore.ts'

/** One thing that a worker does. */
export type Effect = {
  /** `start`: a step begins. */
  readonly place: 'start' | 'org' | 'store'
  /** `createRecords`, `writeOnce`. */
  readonly name: string
  readonly writes: boolean
  /** The path of the file, or the Id of the job; empty for others. */
  readonly of: string
  /** For a request to the org: its first byte leaves. */
  readonly leave: () => Promise<void>
}

/** Does what it is given, unless a fault strikes. */
export type Meet = <T>(effect: Effect, perform: () => Promise<T>) => Promise<T>

const nothing = async (): Promise<void> => undefined

export const startOf = (step: string): Effect => ({ place: 'start', name: step, writes: false, of: '', leave: nothing })

export function interceptedConnection(connection: SalesforceConnection, meet: Meet): SalesforceConnection {
  type Call = Pick<Effect, 'name' | 'writes'> &
    Partial<Pick<Effect, 'of' | 'leave'>> & { readonly signal?: AbortSignal }
  const call = <T>({ signal, ...effect }: Call, perform: () => Promise<T>) =>
    meet({ place: 'org', of: '', leave: nothing, ...effect }, () => {
      signal?.throwIfAborted()
      return perform()
    })
  const read = <T>(name: string, perform: () => Promise<T>, of = '') => call({ name, writes: false, of }, perform)
  const write = <T>(name: string, perform: () => Promise<T>, of = '') => call({ name, writes: true, of }, perform)
  const leaving = ({ beforeSend, signal }: Parameters<SalesforceConnection['createRecords']>[2] = {}) => ({
    leave: async () => beforeSend?.(),
    ...(signal && { signal }),
  })
  const { createRecords, updateRecords, upsertRecords, deleteRecords } = connection
  return {
    ...connection,
    identity: signal => read('identity', () => connection.identity(signal)),
    versions: signal => read('versions', () => connection.versions(signal)),
    readClock: signal => read('readClock', () => connection.readClock(signal)),
    describe: (name, signal) => read('describe', () => connection.describe(name, signal)),
    query: async function* (soql, signal) {
      yield* await read('query', () => collected(connection.query(soql, signal)))
    },
    queryAll: async function* (soql, signal) {
      yield* await read('queryAll', () => collected(connection.queryAll(soql, signal)))
    },
    queryByKeys: query => read('queryByKeys', () => connection.queryByKeys(query)),
    count: soql => read('count', () => connection.count(soql)),
    openQueryJob: soql => read('openQueryJob', () => connection.openQueryJob(soql)),
    queryJob: id => read('queryJob', () => connection.queryJob(id), id),
    queryJobPage: (id, locator) => read('queryJobPage', () => connection.queryJobPage(id, locator), id),
    abortQueryJob: id => read('abortQueryJob', () => connection.abortQueryJob(id), id),
    createRecords: (...given) =>
      call({ name: 'createRecords', writes: true, ...leaving(given[2]) }, () => createRecords(...given)),
    updateRecords: (...given) =>
      call({ name: 'updateRecords', writes: true, ...leaving(given[2]) }, () => updateRecords(...given)),
    upsertRecords: (...given) =>
      call({ name: 'upsertRecords', writes: true, ...leaving(given[3]) }, () => upsertRecords(...given)),
    deleteRecords: (...given) =>
      call({ name: 'deleteRecords', writes: true, ...leaving(given[2]) }, () => deleteRecords(...given)),
    openIngestJob: request => write('openIngestJob', () => connection.openIngestJob(request)),
    uploadIngestData: (id, ...given) => write('uploadIngestData', () => connection.uploadIngestData(id, ...given), id),
    closeIngestJob: id => write('closeIngestJob', () => connection.closeIngestJob(id), id),
    abortIngestJob: id => write('abortIngestJob', () => connection.abortIngestJob(id), id),
    ingestJob: id => read('ingestJob', () => connection.ingestJob(id), id),
    ingestResults: (id, kind) => read('ingestResults', () => connection.ingestResults(id, kind), id),
  }
}

async function collected<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export function interceptedStore(store: RunStore, meet: Meet): RunStore {
  const file = (name: string, of: string, writes: boolean): Effect => ({
    place: 'store',
    name,
    writes,
    of,
    leave: nothing,
  })
  const read = <T>(name: string, path: string, perform: () => Promise<T>) => meet(file(name, path, false), perform)
  const write = <T>(name: string, path: string, perform: () => Promise<T>) => meet(file(name, path, true), perform)
  return {
    location: store.location,
    write: (path, content) => write('write', path, () => store.write(path, content)),
    writer(path) {
      const writer = store.writer(path)
      return {
        get bytes() {
          return writer.bytes
        },
        write: piece => write('append', path, () => writer.write(piece)),
        finish: () => write('finish', path, () => writer.finish()),
        discard: () => writer.discard(),
      }
    },
    writeOnce: (path, content) => write('writeOnce', path, () => store.writeOnce(path, content)),
    readText: path => read('readText', path, () => store.readText(path)),
    read: path => read('read', path, () => store.read(path)),
    async *blocks(path) {
      yield* await read('read', path, async () => store.blocks(path))
    },
    part: (path, from, bytes) => read('read', path, () => store.part(path, from, bytes)),
    size: path => read('size', path, () => store.size(path)),
    list: folder => read('list', folder, () => store.list(folder)),
    remove: path => write('remove', path, () => store.remove(path)),
  }
}
