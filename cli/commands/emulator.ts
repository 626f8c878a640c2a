export async function emulator(options: { readonly port: number }): Promise<void> {
  const { runEmulatorProcess } = await import('../../emulator/main.ts')
  await runEmulatorProcess(options)
}
