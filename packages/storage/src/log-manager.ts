import type { LogManager, LogManagerOptions } from './types.ts'

/**
 * Opens the logs of a broker. Rejects with a `DorsaleError` whose message is one sentence for the user when a directory is locked
 * by another process; a directory that fails is reported offline instead, unless it is the last.
 */
export async function openLogManager(options: LogManagerOptions): Promise<LogManager> {
  throw new Error(`not wired: ${options.directories.length}`)
}
