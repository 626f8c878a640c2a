import { LineBuffer } from '../../csv/lineBuffer.ts'
import { addText, writeExcelText } from './excelText.ts'
import type { StringStore } from './stringStore.ts'
import type { XmlHandler } from './xmlReader.ts'

/**
 * Collects the strings that cells refer to by their number, as values of CSV. Of rich text it takes the text, without the
 * readings of Japanese characters.
 */
export function sharedStringsHandler(store: StringStore): XmlHandler {
  const text = new LineBuffer()
  const value = new LineBuffer()
  let isText = false
  let isPhonetic = false
  return {
    open(name) {
      if (name === 't') isText = !isPhonetic
      else if (name === 'si') text.clear()
      else if (name === 'rPh') isPhonetic = true
    },
    close(name) {
      if (name === 't') isText = false
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'si') {
        writeExcelText(text, value.clear())
        store.add(value.written)
      }
    },
    text(scanner) {
      if (isText) addText(text, scanner)
    },
  }
}
