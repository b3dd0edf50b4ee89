import { type Case, type Figure, withBroker } from '../case.ts'
import { kafkaConsumer, kafkaProducer, kcatConsumer, kcatProducer } from '../clients.ts'
import { residentMb } from '../cpu.ts'
import { linesFile } from '../lines-file.ts'
import { loadRows, underLoad, warmUp } from '../measured.ts'
import { fullPlan } from '../plan.ts'

/** Each size of record, with and without compression, in and out, by Kafka's client and by librdkafka. */
export const throughputCases: readonly Case[] = fullPlan.sizes.flatMap(({ size }) =>
  fullPlan.compressions.map(compression => throughputCase(size, compression)),
)

function throughputCase(size: number, compression: 'none' | 'lz4'): Case {
  const recordsOf = (sizes: typeof fullPlan.sizes) => sizes.find(each => each.size === size)?.records ?? 0
  return {
    name: `throughput-${size}-${compression}`,
    title: ({ sizes }) =>
      `Records of ${size.toLocaleString('en')} bytes, ${compression === 'none' ? 'not compressed' : compression}: ${recordsOf(sizes).toLocaleString('en')} of them, 6 partitions, acks=all`,
    async run(subject, bench) {
      const { clients } = bench
      const running = await subject.fresh().start()
      return withBroker(running, async () => {
        await warmUp(bench)
        const load = { records: recordsOf(bench.plan.sizes), size, compression }
        const byKafka = { ...load, topic: 'by-kafka' }
        const byKcat = { ...load, topic: 'by-kcat' }
        const file = await linesFile(bench.directory, byKcat)
        const figures: Figure[] = []
        for (const [label, run] of [
          ["Kafka's producer", () => kafkaProducer(clients, byKafka)],
          ["Kafka's consumer", () => kafkaConsumer(clients, byKafka)],
          ['kcat producing', () => kcatProducer(clients, byKcat, file)],
          ['kcat consuming', () => kcatConsumer(clients, byKcat)],
        ] as const) {
          figures.push(...loadRows(label, load as typeof byKafka, await underLoad(running.pid, run)))
        }
        const { peak } = residentMb(running.pid)
        return [...figures, { label: 'most resident memory, MB', value: peak, digits: 0, lower: true }]
      })
    },
  }
}
