import { DorsaleError } from '../errors.ts'
import type { OffloadTask } from '../offload.ts'

/** Tasks of the offload contract, in a module of their own as worker threads need it. */
export const sumTask: OffloadTask<Uint8Array, number> = {
  url: import.meta.url,
  name: 'sumTask',
  run: input => input.reduce((sum, value) => sum + value, 0),
}

export const failingTask: OffloadTask<{ code?: string }, never> = {
  url: import.meta.url,
  name: 'failingTask',
  run: ({ code }) => {
    throw code === undefined ? new Error('as asked') : new DorsaleError(code, 'as asked')
  },
}
