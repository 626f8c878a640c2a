// Columns with files: their paths, or their content in base64.
import { contentField } from '../plan/fileFields.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import { type ColumnFacts, isMostly } from './columnFacts.ts'
import { formsOfAll, isOneOf } from './columnName.ts'
import { type Target, writable } from './lookups.ts'

const PATH_NAMES =
  'path|file|file path|filepath|file name|filename|path on client|Pfad|Dateipfad|Datei|fichier|chemin|archivo|ruta|percorso|caminho|bestand|pad|plik|sökväg|fil|attachment|document|uri'
const CONTENT_NAMES = 'base64|content|data|file content|Inhalt|contenu|contenido|contenuto|body|version data'

const PATHS = formsOfAll(PATH_NAMES)
const CONTENTS = formsOfAll(CONTENT_NAMES)

/** The name of a file with its extension at the end. */
const PATH = /^[^<>"|?*\n]{1,500}\.[a-z0-9]{1,8}$/i
/** Shorter texts are also words. */
const BASE64 = /^[A-Za-z0-9+/\s]{40,}={0,2}$/

/** The content of the files that the object has. */
export function fileTargets({ name, filled }: ColumnFacts, object: ObjectDescribe): readonly Target[] {
  const key = contentField(object.name)
  if (key === undefined || !writable(object).some(field => field.name === key)) return []
  const target = { key, sets: key, certainty: 'label' } as const
  if (isOneOf(name, PATHS) && isMostly(filled, value => PATH.test(value)))
    return [{ ...target, reason: 'paths of files', content: 'file' }]
  if (isOneOf(name, CONTENTS) && isMostly(filled, value => BASE64.test(value)))
    return [{ ...target, reason: 'content of files in base64', content: 'base64' }]
  return []
}
