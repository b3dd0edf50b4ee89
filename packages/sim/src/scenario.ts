import { applyFaults, describeFault, type Fault } from './world/faults.ts'
import { SimFailure, World, type WorldCounts } from './world/world.ts'

/** Everything that a run depends on, as data. `seed` feeds the world's chance; the rest was drawn from it, and may then be made smaller. */
export interface Plan {
  seed: number
  faults: readonly Fault[]
}

/** A system in the simulated world with a workload whose answers are known. */
export interface Scenario<P extends Plan = Plan> {
  readonly name: string
  plan(seed: number): P
  /** Builds the system, drives it, and judges what happened: throws, or has the world fail, when something does not hold. */
  run(world: World, plan: P): Promise<void>
  /** Plans with a smaller workload, most radical first, for the shrinker. */
  smaller?(plan: P): Iterable<P>
}

export interface Outcome {
  /** Undefined when everything held. */
  failure: SimFailure | undefined
  /** Of the whole event trace. */
  hash: string
  counts: WorldCounts
  story: readonly string[]
}

/** Runs a plan in a world of its own. The same plan gives the same outcome, to the hash. */
export async function runPlan<P extends Plan>(
  scenario: Scenario<P>,
  plan: P,
  { keepNotes = false }: { keepNotes?: boolean } = {},
): Promise<Outcome> {
  const world = new World({ seed: plan.seed, keepNotes })
  applyFaults(world, plan.faults)
  let failure: SimFailure | undefined
  try {
    await scenario.run(world, plan)
  } catch (error) {
    failure =
      error instanceof SimFailure
        ? error
        : new SimFailure(error instanceof Error ? error.message : String(error), {
            seed: plan.seed,
            story: world.trace.story,
            cause: error,
          })
  }
  return { failure, hash: world.trace.hash, counts: world.counts, story: world.trace.story }
}

/** A run for people: what failed, how to see it again, the faults in words, and the end of the story. */
export function describeOutcome<P extends Plan>(
  scenario: Scenario<P>,
  plan: P,
  outcome: Outcome,
  linesMax = 60,
): string {
  const { failure, story } = outcome
  return [
    `${scenario.name} seed ${plan.seed}: ${failure?.message ?? `all held (trace ${outcome.hash})`}`,
    `again: npm run sim -- --scenario ${scenario.name} --seed ${plan.seed}`,
    `faults (${plan.faults.length}):`,
    ...plan.faults.map(fault => `  at ${fault.atMs} ms ${describeFault(fault)}`),
    `story${story.length > linesMax ? ` (last ${linesMax} lines of ${story.length})` : ''}:`,
    ...story.slice(-linesMax),
  ].join('\n')
}
