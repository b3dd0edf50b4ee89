import { brokerScenario } from '../broker/scenario.ts'
import type { Plan, Scenario } from '../scenario.ts'
import { groupMutants } from './group-mutants.ts'
import { memoryMutants } from './memory-mutants.ts'
import { mutantScenario } from './mutant-scenario.ts'
import { type Mutant, mutants } from './mutants.ts'
import { shareMutants } from './share-mutants.ts'
import { transactionMutants } from './transaction-mutants.ts'
import { wrappedPlants } from './wrapped.ts'

/** A mistake that the simulator must find. */
export interface PlantedMistake {
  name: string
  /** Where the search begins. */
  from: number
  scenario(): Promise<Scenario<Plan>>
}

export const allMutants: readonly Mutant[] = [
  ...mutants,
  ...groupMutants,
  ...transactionMutants,
  ...memoryMutants,
  ...shareMutants,
]

/** All of them: in what the world hands to the broker, and in the source of broker and client. */
export function allPlants(): PlantedMistake[] {
  return [
    ...wrappedPlants.map(plant => ({
      name: plant.name,
      from: plant.from ?? 1,
      scenario: () => Promise.resolve(brokerScenario(plant) as unknown as Scenario<Plan>),
    })),
    ...allMutants.map(mutant => ({
      name: mutant.name,
      from: mutant.from ?? 1,
      scenario: () => mutantScenario(mutant),
    })),
  ]
}
