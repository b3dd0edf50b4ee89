import { setTimeout as delay } from 'node:timers/promises'
import { type Case, withBroker } from '../case.ts'
import { residentMb } from '../cpu.ts'
import { begin } from '../measured.ts'

const idleMs = 5000

/** From exec to the first acknowledged record, and what the broker takes when nobody asks anything. */
export const startCase: Case = {
  name: 'start',
  title: () => 'Start and idle memory',
  async run(subject, bench) {
    const times: number[] = []
    let idleMb = 0
    for (let index = 0; index < bench.plan.starts; index++) {
      const { running, ms } = await begin(subject.fresh(), bench)
      times.push(ms)
      await withBroker(running, async () => {
        if (index > 0) return
        await delay(idleMs)
        idleMb = residentMb(running.pid).now
      })
    }
    times.sort((left, right) => left - right)
    return [
      {
        label: `exec to first acknowledged record, ms (median of ${times.length})`,
        value: times[Math.floor(times.length / 2)] as number,
        digits: 0,
        lower: true,
      },
      { label: 'resident memory when idle, MB', value: idleMb, digits: 0, lower: true },
    ]
  },
}
