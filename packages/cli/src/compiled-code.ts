import { flushCompileCache } from 'node:module'

/** Writing it costs some 30 ms, once for each version of the code: not while the first clients come. */
const delayMs = 1000

/**
 * Writes what V8 has compiled to Node's compile cache, soon. By itself Node writes it when a process ends, and that of a broker may end by SIGKILL, so that every start
 * compiled anew: 25 of the 140 ms of CPU from exec to the first acknowledged record.
 */
export function keepCompiledCode(): void {
  setTimeout(flushCompileCache, delayMs).unref()
}
