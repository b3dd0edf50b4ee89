import { type Case, withBroker } from '../case.ts'
import { kafkaProducer, kcatConsumer } from '../clients.ts'
import { loadRows, underLoad, warmUp } from '../measured.ts'

const fetchBytes = 16_384

/** What a fetch costs when it brings little: the price of many consumers that keep up. */
export const smallFetchesCase: Case = {
  name: 'small-fetches',
  title: () => `Fetches of ${fetchBytes.toLocaleString('en')} bytes at most, records of 1,000 bytes, one partition`,
  async run(subject, bench) {
    const running = await subject.fresh({ settings: { 'num.partitions': '1' } }).start()
    return withBroker(running, async () => {
      await warmUp(bench)
      const records = Math.round((bench.plan.sizes.find(({ size }) => size === 1000)?.records ?? 0) / 4)
      const load = { topic: 'small', records, size: 1000 }
      await kafkaProducer(bench.clients, load)
      const consumed = await underLoad(running.pid, () => kcatConsumer(bench.clients, load, { fetchBytes }))
      return loadRows('kcat consuming', load, consumed)
    })
  },
}
