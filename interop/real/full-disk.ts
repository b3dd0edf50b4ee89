/**
 * The real process on a real file system that fills up, again and again, while librdkafka's idempotent producers send.
 *
 *   npm run full-disk -- [--times 5] [--port 20400]
 *
 * The data lies on a tmpfs of a few megabytes, which takes root. A ballast file takes what is left of it, then goes. As Apache Kafka does, the broker must end with 1
 * when its only log directory has no room for an append, say which and what to do, and come up again once there is room. What was acknowledged must be
 * there once and in order.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
/** The producers write all the time: the first append that finds no room is the end. */
const endDeadlineMs = 20_000

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
    for (let time = 0; time < Number(values.times); time++) {
      const before = sent()
      await until('some lines', 60_000, () => sent() > before + 2000)
      const ballast = join(volume, 'ballast')
      fill(volume, ballast)
      const outcome = await running.end(endDeadlineMs)
      if (outcome !== 1) throw new Error(`the broker ended with ${outcome} on a full volume, where 1 is due`)
      const words = `${broker.logDirectory} failed and is offline`
      if (!readFileSync(running.logFile, 'utf8').includes(words)) throw new Error(`the log does not say: ${words}`)
      rmSync(ballast)
      running = await broker.start()
    }
    const summary = await judgeFeeders(kcat, topic, feeders)
    const outcome = await running.stop()
    if (outcome !== 0) throw new Error(`the last broker ended with ${outcome}`)
    return `${values.times} times full, each the end of a broker; ${summary}`
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
