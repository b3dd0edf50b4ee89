import { createAdmin } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import type { Case } from '../case.ts'
import { residentMb } from '../cpu.ts'
import { begin } from '../measured.ts'

/** Many partitions: how long they take to create, what they weigh, and what they cost at the next start. */
export const partitionsCase: Case = {
  name: 'partitions',
  title: ({ partitions: { topics, perTopic } }) => `${(topics * perTopic).toLocaleString('en')} partitions`,
  async run(subject, bench) {
    const { topics, perTopic } = bench.plan.partitions
    const broker = subject.fresh()
    const first = await begin(broker, bench)
    const idleMb = residentMb(first.running.pid).now
    const admin = createAdmin({ world: nodeWorld(), settings: { 'bootstrap.servers': bench.clients.bootstrap } })
    const startMs = performance.now()
    for (let index = 0; index < topics; index++) {
      await admin.createTopics([{ name: `many-${index}`, numPartitions: perTopic, replicationFactor: 1 }])
    }
    const createdMs = performance.now() - startMs
    await admin.close()
    const loadedMb = residentMb(first.running.pid).now
    const stopMs = performance.now()
    await first.running.stop()
    const stoppedMs = performance.now() - stopMs
    const clean = await begin(broker, bench)
    await clean.running.kill()
    const killed = await begin(broker, bench)
    await killed.running.kill()
    const kbPerPartition = ((loadedMb - idleMb) * 1000) / (topics * perTopic)
    return [
      { label: `created, ${perTopic} at a time, ms`, value: createdMs, digits: 0, lower: true },
      { label: 'resident memory with them, MB', value: loadedMb, digits: 0, lower: true },
      { label: 'resident memory for each, KB', value: kbPerPartition, digits: 1, lower: true },
      { label: 'clean stop, ms', value: stoppedMs, digits: 0, lower: true },
      {
        label: 'start after the clean stop, to first acknowledged record, ms',
        value: clean.ms,
        digits: 0,
        lower: true,
      },
      { label: 'start after SIGKILL, to first acknowledged record, ms', value: killed.ms, digits: 0, lower: true },
    ]
  },
}
