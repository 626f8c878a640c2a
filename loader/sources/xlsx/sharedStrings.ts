import { excelText } from './excelText.ts'
import type { StringStore } from './stringStore.ts'
import type { XmlHandler } from './xmlReader.ts'

/** Collects the strings that cells refer to by their number; of rich text the text, without the readings of Japanese characters. */
export function sharedStringsHandler(store: StringStore): XmlHandler {
  let text = ''
  let isText = false
  let isPhonetic = false
  return {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 'rPh') isPhonetic = true
      else if (name === 't') isText = !isPhonetic
    },
    close(name) {
      if (name === 'si') store.add(excelText(text))
      else if (name === 'rPh') isPhonetic = false
      else if (name === 't') isText = false
    },
    text(part) {
      if (isText) text += part
    },
  }
}
