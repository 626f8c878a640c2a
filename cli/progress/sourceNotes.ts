import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import { readingText } from '../../workflows/page/sourceReading.ts'

type SourceFacts = { readonly reading: SourceReading | undefined; readonly warnings?: readonly string[] }

/** Says once how the source was read, and what is to be known before its records are sent. */
export function sourceNotes(write: (line: string) => void) {
  const said = new Set<string>()
  const once = (line: string) => {
    if (!said.has(line)) write(line)
    said.add(line)
  }
  return {
    note({ reading, warnings = [] }: SourceFacts) {
      if (reading !== undefined) once(readingText(reading))
      for (const warning of warnings) once(warning)
    },
    unsaid: (warnings: readonly string[]) => warnings.filter(warning => !said.has(warning)),
  }
}
