import type { LoneLog, LoneLogOptions } from './types.ts'

/** Opens, or creates, one log outside any manager. Rejects with a `DorsaleError` when its files cannot be used. */
export async function openLoneLog(options: LoneLogOptions): Promise<LoneLog> {
  throw new Error(`not wired: ${options.topic}`)
}
