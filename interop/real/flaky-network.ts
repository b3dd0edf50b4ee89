/**
 * The real process behind a proxy that delays and cuts, while librdkafka's idempotent producers send through it.
 *
 *   npm run flaky-network -- [--cuts 100] [--port 20300]
 *
 * The broker advertises the proxy, so that every connection goes through it. At the end every line must be in the topic once and in order.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { dorsale } from '../brokers.ts'
import { Kcat } from '../clients.ts'
import { until } from '../processes.ts'
import { CuttingProxy } from './proxy.ts'
import { judgeFeeders, realRun, startFeeders } from './run.ts'

const { values } = parseArgs({
  options: { cuts: { type: 'string', default: '100' }, port: { type: 'string', default: '20300' } },
})

const topic = 'flaky'
const delayMsMax = 20
const betweenCutsMs = 150

await realRun('flaky-network', async (processes, directory) => {
  const port = Number(values.port)
  const proxy = new CuttingProxy({ port: port + 5, targetPort: port, delayMsMax })
  await proxy.listen()
  const settings = { 'num.partitions': '6', 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port + 5}` }
  const running = await dorsale(processes, { port, directory, settings }).start()
  const kcat = new Kcat(processes, `127.0.0.1:${port + 5}`)
  const feeders = startFeeders(kcat, { topic, count: 2, directory })
  await until('the first lines', 30_000, () => feeders.every(({ sent }) => sent > 500))
  while (proxy.cutCount < Number(values.cuts)) {
    await delay(Math.random() * 2 * betweenCutsMs)
    proxy.cutOne()
  }
  const summary = await judgeFeeders(new Kcat(processes, `127.0.0.1:${port + 5}`), topic, feeders)
  proxy.close()
  const outcome = await running.stop()
  if (outcome !== 0) throw new Error(`the broker ended with ${outcome}`)
  return `${proxy.cutCount} connections cut, each piece up to ${delayMsMax} ms late; ${summary}`
})
