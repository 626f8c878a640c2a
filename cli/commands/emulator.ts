export async function emulator(options: { readonly host: string; readonly port: number }): Promise<void> {
  const { runEmulatorProcess } = await import('../../emulator/main.ts')
  await runEmulatorProcess(options)
}
