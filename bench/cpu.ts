/** What a process has used, from /proc. */
import { readFileSync } from 'node:fs'

/** Clock ticks per second of /proc's CPU times: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU seconds, in user and system, of all threads of a process so far. */
export function cpuSeconds(pid: number): number {
  // The second field is the name in parentheses and may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory now, and the most there has been, in MB (10^6 bytes). */
export function residentMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (field: string) => (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** How many processes wanted to run lately: the first figure of /proc/loadavg. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])
}

/** Above this load average somebody else is at work, and the figures are theirs as well. */
export const calmLoad = 0.7
