import { type Case, withBroker } from '../case.ts'
import { kafkaProducer } from '../clients.ts'
import { residentMb } from '../cpu.ts'
import { latencyRows, warmUp } from '../measured.ts'

/** A steady rate for an hour: whether memory and latency stay where they are. */
export const soakCase: Case = {
  name: 'soak',
  title: ({ soakMinutes, latency: { rate } }) =>
    `${rate.toLocaleString('en')} records of 1,000 bytes per second for ${soakMinutes} minutes, kept for a minute`,
  onlyByName: true,
  async run(subject, bench) {
    const { rate, size } = bench.plan.latency
    const retention = {
      'log.retention.ms': '60000',
      'log.retention.check.interval.ms': '10000',
      'log.segment.bytes': '67108864',
    }
    const running = await subject.fresh({ settings: retention }).start()
    return withBroker(running, async () => {
      await warmUp(bench)
      const earlyMb = residentMb(running.pid).now
      const records = bench.plan.soakMinutes * 60 * rate
      const deadlineMs = (bench.plan.soakMinutes + 2) * 60_000
      const done = await kafkaProducer({ ...bench.clients, deadlineMs }, { topic: 'soak', records, size }, { rate })
      return [
        { label: 'resident memory after the warm-up, MB', value: earlyMb, digits: 0, lower: true },
        { label: 'resident memory at the end, MB', value: residentMb(running.pid).now, digits: 0, lower: true },
        ...latencyRows("Kafka's producer", done),
      ]
    })
  },
}
