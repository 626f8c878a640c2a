// Each way in which a database fails is one line with its remedy, without the password.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { openSource } from '../../../loader/sources/open.ts'
import type { DatabaseSettings } from '../../../loader/sources/postgres/databaseSettings.ts'
import { makeAuthority, makeCertificate } from '../../rig/certificates.ts'
import { lacksPostgres, startTestPostgres, type TestPostgres } from '../../rig/postgres.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { allRows } from '../../unit/sources/tables.ts'

describe.skipIf(lacksPostgres)('PostgreSQL (skipped where it is not installed)', () => {
  let server: TestPostgres
  const folder = temporaryFolder()
  beforeAll(async () => {
    server = await startTestPostgres()
    await server.run(`CREATE TABLE contacts (id int, name text); CREATE ROLE guest LOGIN PASSWORD 'guest-secret';
      CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS 'INSERT INTO contacts VALUES (1) RETURNING id'`)
  })
  afterAll(() => server.close())

  const read = async (what: object, changed: Partial<DatabaseSettings> = {}, signal?: AbortSignal) => {
    const databases = new Map([['crm', server.settings(changed)]])
    const opening = { baseDirectory: '/', dataDirectories: [], databases, ...(signal && { signal }) }
    const reader = await openSource({ uri: 'database:crm', ...what }, opening)
    try {
      return await allRows(reader)
    } finally {
      await reader.close()
    }
  }

  /** `kind: message` */
  const failure = async (what: object | string, changed?: Partial<DatabaseSettings>): Promise<string> => {
    const selection = typeof what === 'string' ? { query: what } : what
    const error = await read(selection, changed).then(
      () => new Error('no error'),
      (reason: Error & { kind?: string }) => reason,
    )
    expect(error.message).not.toContain(server.password)
    expect(error.message).not.toMatch(/\n/)
    return `${'kind' in error ? error.kind : error.name}: ${error.message}`
  }

  const REPORTS = "The source database:crm can't be read: PostgreSQL reports: "

  test.each([
    ['selec 1', 'syntax error at or near "selec" at line 1, column 1 of the query. Correct the query: one SELECT'],
    [
      'SELECT 1,\n  🙂 FROM x',
      'relation "x" does not exist at line 2, column 10 of the query. Write its name with its schema',
    ],
    ['SELECT nam FROM contacts', 'column "nam" does not exist at line 1, column 8 of the query. Perhaps you meant to'],
    [
      'SELECT * FROM contcts',
      'relation "contcts" does not exist at line 1, column 15 of the query. There is "contacts".',
    ],
    ['SELECT 1; SELECT 2', 'cannot insert multiple commands into a prepared statement. Write one SELECT; a second'],
    ['COMMIT; DROP TABLE contacts', 'syntax error at or near "COMMIT"'],
    ['DROP TABLE contacts', 'syntax error at or near "DROP"'],
    ['INSERT INTO contacts VALUES (1) RETURNING id', 'syntax error at or near "INSERT"'],
    [
      'WITH n AS (DELETE FROM contacts RETURNING id) SELECT * FROM n',
      'data-modifying statements in WITH. A source only reads',
    ],
    ['SELECT writes()', 'cannot execute INSERT in a read-only transaction. A source only reads: write one SELECT'],
    ['SELECT * FROM contacts FOR UPDATE', 'cannot execute SELECT FOR UPDATE in a read-only transaction'],
    [
      "SELECT set_config('transaction_read_only', 'off', true)",
      'transaction read-write mode must be set before any query',
    ],
    ["SELECT 'hush'::int AS id", 'invalid input syntax for type integer: "…" at line 1, column 8 of the query.'],
    [
      `SELECT set_config('x.hush "' || n, 'y', true) FROM generate_series(1, 2) n`,
      'parameter name "…". Correct the query.',
    ],
    ['SELECT 1 / (3 - n) AS x FROM generate_series(1, 9) n', 'division by zero. Correct the query.'],
    [
      'SELECT 1 AS id, 2 AS name, 3 AS id',
      'the columns 1 and 3 have the same name "id". Give one of them another name',
    ],
    ['SELECT 1, 2', 'the columns 1 and 2 have the same name "?column?"'],
    ['SELECT 1 AS " "', 'the name of column 1 is blank. Name it in the query: AS name.'],
    ['SELECT FROM contacts', 'it has no columns. Name the columns after SELECT.'],
    [
      'SELECT \'\'::bytea AS "Photo"',
      'the column "Photo" has the type bytea, whose values are no text. Leave it out, or convert it in a query: encode("Photo", \'base64\') AS "Photo".',
    ],
    ['SELECT 1::money AS price', 'convert it in a query: price::numeric AS price.'],
    [
      'SELECT c FROM contacts c',
      'the column "c" has the type contacts, whose values are no text. Leave it out, or convert it in a query: to_jsonb(c)',
    ],
    [
      "SELECT '{{1},{2}}'::int[] AS list",
      'the column "list" has an array of several dimensions; convert it: to_jsonb(column)',
    ],
    ["SELECT ARRAY['a;b'] AS list", 'the column "list" has an array with a ; in an element, which would become two'],
  ])('the query %s', async (query, words) => {
    const found = await failure(query)
    expect(found).toMatch(/^fatal: The (header of the )?source database:crm can't be /)
    expect(found).toContain(words)
  })

  test('no query has changed anything', async () => {
    for (const query of ['SELECT writes()', 'SELECT 1; DROP TABLE contacts']) await failure(query)
    expect(await server.run('SELECT count(*)::int AS rows FROM contacts')).toEqual([{ rows: 0 }])
  })

  test('a table that does not exist, and one that the user may not read', async () => {
    expect(await failure({ table: 'public.contact' })).toBe(
      'fatal: The source database:crm, table public.contact can\'t be read: PostgreSQL reports: relation "public.contact" does not exist. There is "public.contacts". Write its name with its schema, such as public.contacts; letter case counts.',
    )
    const guest = { user: 'guest', password: new Secret('guest-secret') }
    expect(await failure({ table: 'contacts' }, guest)).toBe(
      "fatal: The source database:crm, table contacts can't be read: PostgreSQL reports: permission denied for table contacts. Have it granted: GRANT SELECT ON … TO guest.",
    )
  })

  test.each<[string, Partial<DatabaseSettings>, string]>([
    [
      'a wrong password',
      { password: new Secret('wrong-secret') },
      `fatal: ${REPORTS}password authentication failed for user "loader". Correct the user and the password in databases.crm.url in sflink.yaml.`,
    ],
    ['no password', { password: new Secret('') }, 'requires a password. Add it to databases.crm.url in sflink.yaml.'],
    ['an unknown database', { database: 'crn' }, `fatal: ${REPORTS}database "crn" does not exist. Correct the name`],
    [
      'an unknown host',
      { host: 'db.invalid' },
      "transient: The source database:crm can't be read now: the request to the server db.invalid:",
    ],
    [
      'a port without a server',
      { port: 1 },
      "transient: The source database:crm can't be read now: the request to the server 127.0.0.1:1 failed: the connection was refused (ECONNREFUSED). It is retried; if it persists, check databases.crm.url",
    ],
    [
      'a server without TLS',
      { sslMode: 'require' },
      'offers no TLS. Have TLS turned on there, or, in a network that you trust, set sslmode=disable in databases.crm.url',
    ],
  ])('%s', async (_, changed, words) => {
    const found = await failure('SELECT 1 AS id', changed)
    expect(found).toContain(words)
    expect(found).not.toContain('wrong-secret')
  })

  test.each<[string, (socket: Socket) => void, string]>([
    ['that is silent', () => {}, 'did not complete the login within 0.2 s. It is retried from the first row'],
    ['that hangs up', socket => socket.end(), 'closed the connection. It is retried from the first row'],
    [
      'of another kind',
      socket => socket.end(Buffer.from([122, 0, 0, 0, 4])),
      'does not answer as PostgreSQL. Correct databases.crm.url',
    ],
  ])('a server %s', async (_, answer, words) => {
    const other = createServer(answer).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await failure('SELECT 1', { port, connectTimeout: 200 })).toContain(words)
    other.close()
  })

  test('too many connections are retried', async () => {
    await server.run('ALTER ROLE guest CONNECTION LIMIT 0')
    const found = await failure('SELECT 1', { user: 'guest', password: new Secret('guest-secret') })
    expect(found).toMatch(/^transient: .*too many connections for role "guest"\. It is retried from the first row/)
  })

  test('a query that takes too long names the key to change', async () => {
    const found = await failure('SELECT pg_sleep(9)::text AS x', { statementTimeout: 100 })
    expect(found).toContain(
      "fatal: The source database:crm can't be read: PostgreSQL reports: canceling statement due to statement timeout. Make the query faster (an index, fewer rows), or raise statementTimeout of databases.crm.",
    )
  })

  const running = (words: string) =>
    server.run(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'salesforce-link' AND query LIKE '%${words}%' AND state = 'active'`,
    )

  test.each([
    ['pg_cancel_backend', 'canceling statement due to user request'],
    ['pg_terminate_backend', 'terminating connection due to administrator command'],
  ])('a session that %s ends half-way is retried', async (end, words) => {
    const slow = failure(
      `SELECT n, pg_sleep(CASE WHEN n > 6000 THEN 0.01 ELSE 0 END)::text AS s FROM generate_series(1, 20000) n`,
    )
    await expect.poll(() => running('FETCH')).toHaveLength(1)
    await sleep(200)
    await server.run(`SELECT ${end}(pid) FROM pg_stat_activity WHERE application_name = 'salesforce-link'`)
    expect(await slow).toMatch(
      new RegExp(`^transient: .*${words}\\. It is retried from the first row; nothing was sent`),
    )
  })

  test('the end of a step ends its query in the server', async () => {
    const ended = new AbortController()
    const reason = new Error('the step was cancelled')
    const reading = read({ query: 'SELECT pg_sleep(60)::text AS x' }, {}, ended.signal)
    await expect.poll(() => running('FETCH')).toHaveLength(1)
    ended.abort(reason)
    await expect(reading).rejects.toBe(reason)
    await expect.poll(() => running('FETCH')).toEqual([])
  })

  test('a server that is away after the last row does not hold the step', async () => {
    const sockets: Socket[] = []
    const proxy = createServer({ allowHalfOpen: true }, socket => {
      const upstream = connect(server.port, '127.0.0.1')
      sockets.push(socket, upstream)
      // The message that ends a session is lost.
      socket.on('data', chunk => chunk[0] === 'X'.charCodeAt(0) || upstream.write(chunk))
      upstream.on('data', chunk => socket.write(chunk))
      for (const one of [socket, upstream]) one.on('error', () => {})
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    const { port } = proxy.address() as AddressInfo
    expect(await read({ query: 'SELECT 1 AS n' }, { port })).toEqual([['1']])
    for (const socket of sockets) socket.destroy()
    proxy.close()
  }, 20_000)

  test('text that Unicode does not have is rejected, not replaced', async () => {
    await server.run("CREATE DATABASE old ENCODING 'SQL_ASCII' TEMPLATE template0")
    await server.run("CREATE DATABASE windows ENCODING 'WIN1252' TEMPLATE template0")
    expect(await read({ query: "SELECT 'Łódź' AS city" }, { database: 'old' })).toEqual([['Łódź']])
    expect(await read({ query: "SELECT E'M\\374ller' AS name" }, { database: 'windows' })).toEqual([['Müller']])
    const advice = 'Correct this text in the database, or leave out its column.'
    expect(await failure("SELECT E'M\\374ller' AS name", { database: 'old' })).toContain(
      `PostgreSQL reports: invalid byte sequence for encoding "UTF8": 0xfc. ${advice}`,
    )
    expect(await failure("SELECT E'\\201' AS name", { database: 'windows' })).toContain(
      `PostgreSQL reports: character with byte sequence 0x81 in encoding "WIN1252" has no equivalent in encoding "UTF8". ${advice}`,
    )
  })

  test('a row that no record can hold ends the read before it fills the memory', async () => {
    const found = await failure("SELECT repeat('x', 20000000) AS big")
    expect(found).toBe(
      "fatal: The source database:crm can't be read: a row has more than 10000000 bytes. Leave out the column that is so large, or cut it: left(column, 1000).",
    )
  })

  describe('with TLS', () => {
    let authority: string
    beforeAll(async () => {
      const made = await makeAuthority(folder, 'authority')
      const { crt, key } = await makeCertificate(folder, 'server', {
        authority: made,
        subjectAltName: 'DNS:db.acme.com',
      })
      authority = await readFile(made.crt, 'utf8')
      await written('server.crt', await readFile(crt, 'utf8'))
      await written('server.key', await readFile(key, 'utf8'))
      await server.run("CREATE ROLE careful LOGIN PASSWORD 'careful-secret'")
      await written('pg_hba.conf', 'hostssl all careful all scram-sha-256\nhost all loader all scram-sha-256\n')
      await server.run('ALTER SYSTEM SET ssl = on')
      await server.run('SELECT pg_reload_conf()')
      await vi.waitFor(() => read({ query: 'SELECT 1 AS id' }, { sslMode: 'require' }))
    })

    /** Writes a file of the server, as its user. */
    const written = (path: string, content: string) =>
      server.run(`COPY (SELECT regexp_split_to_table($$${content}$$, E'\\n')) TO PROGRAM 'umask 077; cat > ${path}'`)

    test('a certificate is checked as far as the mode says', async () => {
      const encrypted = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
      expect(await read({ query: encrypted }, { sslMode: 'disable' })).toEqual([['false']])
      expect(await read({ query: encrypted }, { sslMode: 'require' })).toEqual([['true']])
      expect(await read({ query: encrypted }, { sslMode: 'verify-ca', caCertificate: authority })).toEqual([['true']])
      expect(await failure(encrypted, { sslMode: 'verify-ca' })).toContain(
        'failed: this machine does not trust its certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Set caCertificate of databases.crm to the file with its certificate authority.',
      )
      expect(await failure(encrypted, { sslMode: 'verify-full', caCertificate: authority })).toContain(
        'failed: its certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID). Write the host that the certificate names in databases.crm.url in sflink.yaml.',
      )
    })

    test('a server that wants encryption gets it', async () => {
      const careful = { user: 'careful', password: new Secret('careful-secret') }
      expect(await failure('SELECT 1', careful)).toMatch(
        /no encryption\. The server accepts encrypted connections only: add \?sslmode=verify-full to databases\.crm\.url in sflink\.yaml\.$/,
      )
      expect(await read({ query: 'SELECT 1 AS id' }, { ...careful, sslMode: 'require' })).toEqual([['1']])
    })
  })
})
