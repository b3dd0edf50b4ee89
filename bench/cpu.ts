/** What a process has used, from /proc. */
import { readFileSync } from 'node:fs'

/** Clock ticks per second of /proc's CPU times: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU seconds, in user and system, of all threads of a process so far. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid)
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory now, and the most there has been, in MB (10^6 bytes). */
export function residentMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (field: string) => (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/**
 * From now on, looks at what others use of the machine. What comes back answers the cores, on average, that were taken meanwhile by anybody but this
 * process and the children that have ended: other processes, the kernel's own threads, other machines on the same host. Ask when no child is alive.
 */
export function watchOthers(): () => number {
  const startMs = performance.now()
  const usedBefore = machineCpuSeconds() - ownCpuSeconds()
  return () => {
    const seconds = (performance.now() - startMs) / 1000
    return Math.max(0, machineCpuSeconds() - ownCpuSeconds() - usedBefore) / seconds
  }
}

/** From so many cores on, somebody else was at work, and the figures are theirs as well. What the kernel writes behind a bench of disks stays below. */
export const othersCoresCalm = 0.15

/** CPU seconds that all cores have worked since the start of the machine, those that its host took away included. */
function machineCpuSeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond
}

/** CPU seconds of this process and of all that came of it and has ended. */
function ownCpuSeconds(): number {
  const fields = statFields('self').slice(11, 15).map(Number)
  return fields.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond
}

/** What stands behind the name, which is in parentheses and may hold spaces. */
function statFields(process: number | 'self'): readonly string[] {
  return readFileSync(`/proc/${process}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
}
