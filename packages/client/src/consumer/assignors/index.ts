import { DorsaleError } from '@dorsale/base'
import type { Assignor } from './assignor.ts'
import { cooperativeStickyAssignor } from './cooperative-sticky.ts'
import { rangeAssignor } from './range.ts'
import { roundRobinAssignor } from './round-robin.ts'
import { stickyAssignor } from './sticky.ts'

const kafkaPackage = 'org.apache.kafka.clients.consumer.'

/** Kafka's assignors, by the class that Kafka's settings name. */
const byClass: Readonly<Record<string, Assignor>> = {
  RangeAssignor: rangeAssignor,
  RoundRobinAssignor: roundRobinAssignor,
  StickyAssignor: stickyAssignor,
  CooperativeStickyAssignor: cooperativeStickyAssignor,
}

/**
 * The assignors that `partition.assignment.strategy` names: Kafka's by class (`org.apache.kafka.clients.consumer.RangeAssignor`) or by the name that groups know
 * them by (`range`), the application's own by name. Throws `DORSALE_UNKNOWN_ASSIGNOR`.
 */
export function assignorsOf(names: readonly string[], own: readonly Assignor[] = []): Assignor[] {
  const known = [...own, ...Object.values(byClass)]
  return names.map(text => {
    const name = text.replace(/^class /, '').replace(kafkaPackage, '')
    const assignor = byClass[name] ?? known.find(each => each.name === name)
    if (assignor !== undefined) return assignor
    const choice = known.map(each => each.name).join(', ')
    throw new DorsaleError(
      'DORSALE_UNKNOWN_ASSIGNOR',
      `partition.assignment.strategy names '${text}'; there are ${choice}`,
    )
  })
}
