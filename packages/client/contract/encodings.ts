/** Names of the WHATWG Encoding Standard. https://encoding.spec.whatwg.org/#names-and-labels */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'iso-8859-2',
  'iso-8859-3',
  'iso-8859-4',
  'iso-8859-5',
  'iso-8859-6',
  'iso-8859-7',
  'iso-8859-8',
  'iso-8859-8-i',
  'iso-8859-10',
  'iso-8859-13',
  'iso-8859-14',
  'iso-8859-15',
  'iso-8859-16',
  'macintosh',
  'x-mac-cyrillic',
  'ibm866',
  'koi8-r',
  'koi8-u',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'gbk',
  'gb18030',
  'big5',
  'euc-kr',
] as const
export type Encoding = (typeof ENCODINGS)[number]

/** The encoding that a label such as `latin1`, `cp1252` or `sjis` names; undefined when no encoding has it. */
export function encodingOf(label: string): Encoding | undefined {
  try {
    const { encoding } = new TextDecoder(label)
    return ENCODINGS.find(name => name === encoding)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
