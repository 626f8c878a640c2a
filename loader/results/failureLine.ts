/** A failure's first line, without the record that the preflight gives as an example: for logs and for messages to others. */
export function failureLine(message: string): string {
  const [line = ''] = message.split('\n')
  return line.replace(/ The first is row .*?(?= All of them are in |$)/, '')
}
