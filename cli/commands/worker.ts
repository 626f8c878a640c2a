export async function worker(options: { readonly config?: string }): Promise<void> {
  const { runWorker } = await import('../../workers/runWorker.ts')
  await runWorker(options)
}
