import { type Case, withBroker } from '../case.ts'
import { kafkaProducer } from '../clients.ts'
import { latencyRows, share, steadyAfterSeconds, underLoad, warmUp } from '../measured.ts'
import { readPauses } from '../pauses.ts'

/** A steady rate far below what either broker can do: how long a record takes, and what kept it waiting. */
export const latencyCase: Case = {
  name: 'latency',
  title: ({ latency: { rate, size, records } }) =>
    `${rate.toLocaleString('en')} records of ${size.toLocaleString('en')} bytes per second, for ${records / rate} s`,
  async run(subject, bench) {
    const { rate, ...steady } = bench.plan.latency
    const broker = subject.fresh({ tellsPauses: true })
    const running = await broker.start()
    return withBroker(running, async () => {
      await warmUp(bench)
      const load = { topic: 'steady', ...steady }
      // Once, so that what is measured is not the broker's first.
      await kafkaProducer(bench.clients, { ...load, records: rate }, { rate })
      subject.forgetPauses(running)
      // Nor the client's: its own start is a tenth of a second of records, and was the whole of the 99th percentile.
      const warmUpRecords = rate * steadyAfterSeconds
      const records = load.records + warmUpRecords
      const done = await underLoad(running.pid, () =>
        kafkaProducer(bench.clients, { ...load, records }, { rate, warmUpRecords }),
      )
      await running.stop()
      const { loopDelayMsP999, loopDelayMsMax, gcPauseMsMax } = readPauses(subject.directory)
      return [
        ...latencyRows("Kafka's producer", done),
        { label: 'broker CPU, % of its core', value: share(done.brokerCpuSeconds, done), digits: 0, lower: true },
        ...(loopDelayMsP999 === undefined
          ? []
          : [{ label: 'event loop: delay p99.9, ms', value: loopDelayMsP999, digits: 1, lower: true }]),
        ...(loopDelayMsMax === undefined
          ? []
          : [{ label: 'event loop: longest delay, ms', value: loopDelayMsMax, digits: 1, lower: true }]),
        { label: 'longest pause for garbage, ms', value: gcPauseMsMax, digits: 1, lower: true },
      ]
    })
  },
}
