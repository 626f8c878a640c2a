import { fileURLToPath } from 'node:url'

/** Where Temporal's bundler finds the workflows: beside this file, as TypeScript in a checkout and as JavaScript in the package. */
export function workflowsPath(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url))
}
