export async function worker(options: { readonly config?: string }): Promise<void> {
  const { useHeapFlags } = await import('../../workers/heapFlags.ts')
  useHeapFlags()
  const { runWorker } = await import('../../workers/runWorker.ts')
  await runWorker(options)
}
