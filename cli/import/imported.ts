// What is carried over from the files of another tool, before it is written.

export const NOTE_KINDS = ['toDo', 'notCarried', 'notNeeded'] as const

/** What happens to a setting that is not simply carried over. */
export type Note = {
  /** `toDo`: carried over, and a person has to check or complete it. */
  readonly kind: (typeof NOTE_KINDS)[number]
  /** The key, or the place in a file. */
  readonly subject: string
  readonly text: string
}

/** An org. It gets an app of its own, because the logins of other tools end or are theirs. */
export type ImportedConnection = {
  /** `production`, or `sandbox`. */
  readonly name: string
  /** As its file has it. */
  readonly origin: string
  /** The My Domain; undefined when the files name a general login host only. */
  readonly loginUrl?: string
  /** The user of the loads so far. */
  readonly username?: string
  readonly proxy?: ImportedProxy
}

export type ImportedProxy = {
  /** With its port. */
  readonly host: string
  readonly username?: string
}

/** A PostgreSQL database that a source is in. */
export type ImportedDatabase = {
  readonly name: string
  /** `host:5432/database` */
  readonly address: string
  readonly user?: string
}

export type ImportedSync = {
  readonly name: string
  /** As its file names it. */
  readonly origin: string
  /** The keys of the sync, as a person writes them. */
  readonly entry: Readonly<Record<string, unknown>>
  readonly notes: readonly Note[]
}

type ImportedFlow = {
  readonly name: string
  /** Their names, in the order in which they run. */
  readonly syncs: readonly string[]
}

/** A load that is not carried over at all. */
export type LeftOut = { readonly origin: string; readonly reason: string }

export type Imported = {
  readonly tool: 'Data Loader' | 'SFDMU'
  /** Every load of the file. */
  readonly origins: readonly string[]
  readonly connections: readonly ImportedConnection[]
  readonly databases: readonly ImportedDatabase[]
  readonly syncs: readonly ImportedSync[]
  /** Syncs that run one after the other. */
  readonly flows: readonly ImportedFlow[]
  readonly leftOut: readonly LeftOut[]
  /** Directories of sources that `dataDirectories` does not have yet. */
  readonly dataDirectories: readonly string[]
}

/** Where imported loads are written, and how their connection is completed. */
export type ImportPlaces = {
  /** The directory of sflink.yaml; paths of sources are relative to it. */
  readonly baseDirectory: string
  /** Absolute paths, and URIs. */
  readonly dataDirectories: readonly string[]
  /** The My Domain of the org, for connections whose files name a general login host. */
  readonly loginUrl?: string
  /** A connection of sflink.yaml that takes the place of those in the files. */
  readonly connection?: string
  /** The loads to import, as their file names them. @default all */
  readonly only?: readonly string[]
}

/** The file that `sflink import` was given. */
export type ImportedFile = {
  /** Absolute. */
  readonly path: string
  /** As messages name it. */
  readonly shown: string
  readonly bytes: Uint8Array
}

export const isWanted = ({ only }: ImportPlaces, origin: string): boolean => only?.includes(origin) ?? true

/** Names of syncs have letters, digits, `_` and `-`. */
export const syncName = (origin: string): string =>
  origin.replaceAll(/[^\w-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'load'
