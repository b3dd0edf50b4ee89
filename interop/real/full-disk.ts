/**
 * The real process on a real file system that fills up, again and again, while librdkafka's idempotent producers send.
 *
 *   npm run full-disk -- [--times 5] [--port 20400]
 *
 * The data lies on a tmpfs of a few megabytes, which takes root. A ballast file takes what is left of it, then goes; a broker that ended, or has
 * partitions offline, is started again. What was acknowledged must be there once and in order.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { dorsale } from '../brokers.ts'
import { Kcat } from '../clients.ts'
import { until } from '../processes.ts'
import { judgeFeeders, realRun, startFeeders } from './run.ts'

const { values } = parseArgs({
  options: { times: { type: 'string', default: '5' }, port: { type: 'string', default: '20400' } },
})

const topic = 'full'
const volumeMb = 160
/** How long the volume stays full: long enough for every log to want to write. */
const fullMs = 1500

await realRun('full-disk', async (processes, directory) => {
  if (process.getuid?.() !== 0) throw new Error('mounting a volume of its own takes root: run it as root')
  const volume = join(directory, 'volume')
  mkdirSync(volume)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${volumeMb}m`, 'tmpfs', volume])
  try {
    const port = Number(values.port)
    const settings = { 'num.partitions': '4', 'log.segment.bytes': '1048576' }
    const broker = dorsale(processes, { port, directory: volume, settings })
    let running = await broker.start()
    const kcat = new Kcat(processes, `127.0.0.1:${port}`)
    const feeders = startFeeders(kcat, { topic, count: 2, directory })
    const sent = () => feeders.reduce((sum, feeder) => sum + feeder.sent, 0)
    let ended = 0
    for (let time = 0; time < Number(values.times); time++) {
      const before = sent()
      await until('some lines', 60_000, () => sent() > before + 2000)
      const ballast = join(volume, 'ballast')
      fill(volume, ballast)
      await delay(fullMs)
      rmSync(ballast)
      if (!running.isAlive) ended++
      else await running.stop()
      running = await broker.start()
    }
    const summary = await judgeFeeders(kcat, topic, feeders)
    const outcome = await running.stop()
    if (outcome !== 0) throw new Error(`the last broker ended with ${outcome}`)
    return `${values.times} times full, ${ended} brokers ended by it; ${summary}`
  } finally {
    processes.killAll()
    execFileSync('umount', ['--lazy', volume])
  }
})

/** Takes all that is left. */
function fill(volume: string, path: string): void {
  for (let chunk = 1 << 20; chunk >= 4096; chunk >>= 1) {
    const { bavail, bsize } = statfsSync(volume)
    const bytes = bavail * bsize
    if (bytes <= 0) return
    try {
      writeFileSync(path, Buffer.alloc(Math.min(bytes, 64 << 20)), { flag: 'a' })
    } catch (error) {
      // The broker took some of it in between: the next round takes what is left.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
