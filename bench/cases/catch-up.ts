import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Case, withBroker } from '../case.ts'
import { kafkaProducer, kcatConsumer } from '../clients.ts'
import { latencyRows, settle, steadyAfterSeconds } from '../measured.ts'

const size = 1000
const dropCaches = '/proc/sys/vm/drop_caches'

/** A consumer that has slept reads what is no longer in memory, while a producer goes on at a steady rate. */
export const catchUpCase: Case = {
  name: 'catch-up',
  title: ({ catchUpGb, latency: { rate } }) =>
    `A cold read of ${catchUpGb} GB while ${rate.toLocaleString('en')} records of 1,000 bytes per second are written`,
  async run(subject, bench) {
    const { clients, plan } = bench
    const running = await subject.fresh().start()
    return withBroker(running, async () => {
      const records = Math.round((plan.catchUpGb * 1e9) / size)
      const cold = { topic: 'cold', records, size }
      await kafkaProducer(clients, cold)
      emptyPageCache()
      const { rate, ...steady } = plan.latency
      // The client's own start, and the broker's first look at a new topic on a disk that is read from, do not count: the read begins when the writes are steady.
      const warmUpRecords = rate * steadyAfterSeconds
      const load = { topic: 'steady', ...steady, records: steady.records + warmUpRecords }
      const writing = kafkaProducer(clients, load, { rate, warmUpRecords })
      // A failure is told where it is awaited.
      writing.catch(() => undefined)
      await delay(steadyAfterSeconds * 1000)
      let isRead = false
      const reading = kcatConsumer(clients, cold).finally(() => {
        isRead = true
      })
      reading.catch(() => undefined)
      const written = await writing
      const readWhileWriting = isRead
      const read = await reading
      return [
        { label: 'kcat consuming, cold: MB/s', value: (records * size) / read.seconds / 1e6, digits: 0, lower: false },
        ...latencyRows("Kafka's producer meanwhile", written),
        { label: 'the read ended before the writes (1: yes)', value: readWhileWriting ? 1 : 0, digits: 0 },
      ]
    })
  },
}

/** The kernel forgets every file; only root may ask it to. */
function emptyPageCache(): void {
  settle()
  if (process.getuid?.() !== 0 || !existsSync(dropCaches)) {
    throw new Error('a cold read needs an empty page cache, and only root on Linux can empty it')
  }
  writeFileSync(dropCaches, '1')
}
