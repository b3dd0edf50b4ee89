/** How long a broker kept everybody waiting: its event loop's delays and its collector's pauses, as it tells them at its end. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const probe = new URL('loop-probe.ts', import.meta.url)

const pausesFile = 'pauses.json'
export const gcLog = 'gc.log'

export interface Pauses {
  /** Undefined for a broker without an event loop. */
  readonly loopDelayMsP999?: number
  readonly loopDelayMsMax?: number
  readonly gcPauseMsMax: number
}

/** Flags for Node that make it write its pauses into `directory` when it ends. */
export function nodePauseFlags(directory: string): string[] {
  const file = pathToFileURL(join(directory, pausesFile))
  return [`--import=${probe}?file=${file.pathname}`]
}

/** Flags for the JVM that make it write its collector's log into `directory`. */
export function jvmPauseFlags(directory: string): string[] {
  return [`-Xlog:gc:file=${join(directory, gcLog)}:uptime`]
}

/** After the broker's clean end. */
export function readPauses(directory: string): Pauses {
  const loop = join(directory, pausesFile)
  if (existsSync(loop)) return JSON.parse(readFileSync(loop, 'utf8'))
  const log = readFileSync(join(directory, gcLog), 'utf8')
  const pauses = [...log.matchAll(/Pause .* ([\d.]+)ms$/gm)].map(([, ms]) => Number(ms))
  if (pauses.length === 0) throw new Error('the JVM logged no pause')
  return { gcPauseMsMax: Math.max(...pauses) }
}
