import { type Case, withBroker } from '../case.ts'
import { kafkaProducer } from '../clients.ts'
import { latencyRows, loadRows, underLoad, warmUp } from '../measured.ts'

/** `log.flush.interval.messages=1`: an acknowledgement that outlives the machine. */
export const flushCase: Case = {
  name: 'flush',
  title: ({ flush: { size, rate } }) =>
    `Every record on the platter before it is acknowledged: ${size.toLocaleString('en')} bytes, as fast as it goes and at ${rate} per second`,
  async run(subject, bench) {
    const { size, records, rate } = bench.plan.flush
    const running = await subject.fresh({ settings: { 'log.flush.interval.messages': '1' } }).start()
    return withBroker(running, async () => {
      await warmUp(bench)
      const fast = { topic: 'flushed', records, size }
      const done = await underLoad(running.pid, () => kafkaProducer(bench.clients, fast))
      const paced = await kafkaProducer(
        bench.clients,
        { topic: 'paced', records: rate * 20, size },
        { rate, warmUpRecords: rate * 10 },
      )
      return [...loadRows("Kafka's producer", fast, done).slice(0, 4), ...latencyRows(`at ${rate}/s`, paced)]
    })
  },
}
