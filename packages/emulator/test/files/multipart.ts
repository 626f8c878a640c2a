/** A multipart message: a part of JSON, then files by the name of their part. */
export function multipart(json: unknown, files: Readonly<Record<string, Buffer>>) {
  const boundary = 'boundary_string'
  const parts = Object.entries(files).flatMap(([name, content]) => [
    Buffer.from(
      `--${boundary}\r\nContent-Type: application/octet-stream\r\n` +
        `Content-Disposition: form-data; name="${name}"; filename="file"\r\n\r\n`,
    ),
    content,
    Buffer.from('\r\n'),
  ])
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="entity_content";\r\nContent-Type: application/json\r\n\r\n` +
    `${JSON.stringify(json)}\r\n`
  const body = Buffer.concat([Buffer.from(head), ...parts, Buffer.from(`--${boundary}--\r\n`)])
  return { body, headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` } }
}
