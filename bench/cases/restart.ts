import type { Case } from '../case.ts'
import { kafkaProducer } from '../clients.ts'
import { begin, directoryGb } from '../measured.ts'

const size = 10_000

/** A broker with a lot of data, killed and started again; stopped and started again. */
export const restartCase: Case = {
  name: 'restart',
  title: ({ restartGb }) => `Restart with ${restartGb} GB, 6 partitions`,
  async run(subject, bench) {
    const broker = subject.fresh()
    const first = await broker.start()
    const records = Math.round((bench.plan.restartGb * 1e9) / size)
    await kafkaProducer(bench.clients, { topic: 'much', records, size })
    const gb = directoryGb(broker.logDirectory)
    await first.kill()
    const killed = await begin(broker, bench)
    await killed.running.stop()
    const stopped = await begin(broker, bench)
    await stopped.running.kill()
    return [
      { label: 'after SIGKILL, to first acknowledged record, ms', value: killed.ms, digits: 0, lower: true },
      { label: 'after SIGTERM, to first acknowledged record, ms', value: stopped.ms, digits: 0, lower: true },
      { label: 'data on the disk, GB', value: gb, digits: 1 },
    ]
  },
}
