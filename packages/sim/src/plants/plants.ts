import type { BrokerPlan } from '../broker/plan.ts'
import { brokerScenario } from '../broker/scenario.ts'
import type { Scenario } from '../scenario.ts'
import { mutantScenario } from './mutant-scenario.ts'
import { mutants } from './mutants.ts'
import { wrappedPlants } from './wrapped.ts'

/** A mistake that the simulator must find. */
export interface PlantedMistake {
  name: string
  /** Where the search begins. */
  from: number
  scenario(): Promise<Scenario<BrokerPlan>>
}

/** All of them: in what the world hands to the broker, and in its own source. */
export function allPlants(): PlantedMistake[] {
  return [
    ...wrappedPlants.map(plant => ({
      name: plant.name,
      from: plant.from ?? 1,
      scenario: () => Promise.resolve(brokerScenario(plant)),
    })),
    ...mutants.map(mutant => ({
      name: mutant.name,
      from: mutant.from ?? 1,
      scenario: () => mutantScenario(mutant),
    })),
  ]
}
