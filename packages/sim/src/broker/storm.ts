import type { Scenario } from '../scenario.ts'
import type { FaultKind } from '../world/faults.ts'
import { type BrokerPlan, type Durability, durationMs } from './plan.ts'
import { type BrokerScenarioOptions, brokerScenario } from './scenario.ts'

const deaths: Record<Durability, readonly FaultKind[]> = {
  process: ['kill', 'kill-at-call', 'terminate'],
  machine: ['kill', 'kill-at-call', 'power-loss', 'power-loss-at-call', 'write-back'],
}
/** One each 80 ms at the most: a broker that starts is often hit before it is ready, and sometimes lives for a second. */
const deathsMax = 120
/** Producers send until the last death, so that each comes under load. */
const everyMsMin = 60
/** One of them sends batches of many sectors, of which a power loss may keep some. */
const largeBatches = { codec: undefined, valueBytesMax: 2000, recordsPerBatchMax: 4 } as const

/**
 * The broker's scenario with deaths alone, and far more of them: what one life leaves half done meets what the next one leaves. It is how many
 * crashes are tried in little time.
 */
export function stormScenario(options: BrokerScenarioOptions): Scenario<BrokerPlan> {
  const { durability, focus } = options
  const scenario = brokerScenario({
    ...options,
    focus: { kinds: deaths[durability], countMax: deathsMax, ...focus },
  })
  return { ...scenario, name: `storm-${durability}`, plan: seed => keepBusy(scenario.plan(seed)) }
}

function keepBusy(plan: BrokerPlan): BrokerPlan {
  const producers = plan.producers.map((producer, index) => {
    const everyMs = Math.max(producer.everyMs, everyMsMin)
    const batches = Math.ceil(durationMs / everyMs)
    return { ...producer, ...(index === 0 ? largeBatches : {}), everyMs, batches }
  })
  return { ...plan, producers }
}
