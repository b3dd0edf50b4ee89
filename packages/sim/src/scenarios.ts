import { brokerScenario } from './broker/scenario.ts'
import { stormScenario } from './broker/storm.ts'
import { clientScenario } from './client/scenario.ts'
import { groupsScenario } from './groups/scenario.ts'
import { ledgerScenario } from './ledger/scenario.ts'
import { memoryScenario } from './memory/scenario.ts'
import type { Plan, Scenario } from './scenario.ts'
import { sharesScenario } from './shares/scenario.ts'
import { transactionsScenario } from './transactions/scenario.ts'

/** Every scenario that is run by name. */
export const allScenarios = [
  ledgerScenario(),
  brokerScenario({ durability: 'process' }),
  brokerScenario({ durability: 'machine' }),
  stormScenario({ durability: 'process' }),
  stormScenario({ durability: 'machine' }),
  clientScenario({ durability: 'process' }),
  clientScenario({ durability: 'machine' }),
  groupsScenario({ durability: 'process' }),
  groupsScenario({ durability: 'machine' }),
  transactionsScenario({ durability: 'process' }),
  transactionsScenario({ durability: 'machine' }),
  memoryScenario(),
  sharesScenario({ durability: 'process' }),
  sharesScenario({ durability: 'machine' }),
] as unknown as readonly Scenario<Plan>[]
