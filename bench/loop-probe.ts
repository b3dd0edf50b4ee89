/** Loaded into Dorsale's process by `--import`: what the event loop and the collector kept waiting, written at the process' end to the file that its address names (`?file=`). */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'

const file = new URL(import.meta.url).searchParams.get('file') ?? 'pauses.json'
const delay = monitorEventLoopDelay({ resolution: 1 })
let gcPauseMsMax = 0
const observer = new PerformanceObserver(list => {
  for (const { duration } of list.getEntries()) gcPauseMsMax = Math.max(gcPauseMsMax, duration)
})
observer.observe({ entryTypes: ['gc'] })
delay.enable()

// The start compiles half a second long: what counts begins when the bench says so.
process.on('SIGUSR2', () => {
  delay.reset()
  gcPauseMsMax = 0
})
process.on('exit', () => {
  // The histogram counts the timer's own millisecond in.
  const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 1)
  const pauses = { loopDelayMsP999: ms(delay.percentile(99.9)), loopDelayMsMax: ms(delay.max), gcPauseMsMax }
  writeFileSync(file, JSON.stringify(pauses))
})
