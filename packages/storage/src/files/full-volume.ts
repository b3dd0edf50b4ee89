import { DiskError } from '@dorsale/base'

const errors: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** A volume that has no room: nothing is broken, and there may be room again. */
export function isFullVolume(error: unknown): boolean {
  return error instanceof DiskError && errors.has(error.errno)
}
