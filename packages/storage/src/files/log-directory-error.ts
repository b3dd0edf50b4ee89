import { DorsaleError } from '@dorsale/base'
import { isFullVolume } from './full-volume.ts'

/** The user has to do something about a directory: a start was refused, or it failed. `code` is `DORSALE_LOG_DIRECTORY`. */
export class LogDirectoryError extends DorsaleError {
  override readonly name = 'LogDirectoryError'

  constructor(message: string, options?: ErrorOptions) {
    super('DORSALE_LOG_DIRECTORY', message, options)
  }
}

/** Why a directory went offline, and what to do, in words. */
export function failedDirectory(path: string, cause: Error): LogDirectoryError {
  const advice = isFullVolume(cause) ? 'make room on its volume' : 'check its disk'
  const message = `the log directory ${path} failed and is offline (${cause.message}): ${advice}, then start the broker again`
  return new LogDirectoryError(message, { cause })
}
