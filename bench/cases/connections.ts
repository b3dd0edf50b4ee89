import { setTimeout as delay } from 'node:timers/promises'
import { type Case, withBroker } from '../case.ts'
import { residentMb } from '../cpu.ts'
import { begin } from '../measured.ts'
import { openIdleConnections } from '../probe.ts'

const settleMs = 3000

/** Clients that are connected, have asked for metadata, and say nothing more. */
export const connectionsCase: Case = {
  name: 'connections',
  title: ({ connections }) => `${connections.toLocaleString('en')} idle connections`,
  async run(subject, bench) {
    const { connections } = bench.plan
    const { running } = await begin(subject.fresh(), bench)
    return withBroker(running, async () => {
      // The first hundred make what is made once.
      const closeFirst = await openIdleConnections(bench.port, 100)
      await delay(settleMs)
      const before = residentMb(running.pid).now
      const startMs = performance.now()
      const close = await openIdleConnections(bench.port, connections)
      const openedMs = performance.now() - startMs
      await delay(settleMs)
      const after = residentMb(running.pid).now
      close()
      closeFirst()
      return [
        {
          label: 'resident memory for each, KB',
          value: ((after - before) * 1000) / connections,
          digits: 1,
          lower: true,
        },
        { label: 'opened and answered, per second', value: connections / (openedMs / 1000), digits: 0, lower: false },
        { label: 'resident memory with them, MB', value: after, digits: 0, lower: true },
      ]
    })
  },
}
