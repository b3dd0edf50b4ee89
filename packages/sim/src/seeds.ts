import { describeOutcome, type Outcome, type Plan, runPlan, type Scenario } from './scenario.ts'

/** Sums over many runs. */
export interface SeedTotals {
  runs: number
  steps: number
  kills: number
  machineCrashes: number
  connectionsCut: number
  /** Distinct histories, by trace hash. */
  schedules: number
}

export const noTotals: Readonly<SeedTotals> = {
  runs: 0,
  steps: 0,
  kills: 0,
  machineCrashes: 0,
  connectionsCut: 0,
  schedules: 0,
}

/** The sum; the histories of different seeds or scenarios are taken to be distinct. */
export function addTotals(a: Readonly<SeedTotals>, b: Readonly<SeedTotals>): SeedTotals {
  return {
    runs: a.runs + b.runs,
    steps: a.steps + b.steps,
    kills: a.kills + b.kills,
    machineCrashes: a.machineCrashes + b.machineCrashes,
    connectionsCut: a.connectionsCut + b.connectionsCut,
    schedules: a.schedules + b.schedules,
  }
}

export function describeTotals({ runs, kills, machineCrashes, connectionsCut, schedules }: SeedTotals): string {
  return (
    `${runs} runs on ${schedules} distinct schedules, ${kills + machineCrashes} crashes (${kills} kills of a process, ` +
    `${machineCrashes} power losses), ${connectionsCut} connections cut`
  )
}

/**
 * Runs a scenario for each seed from `from`, `count` of them. `twice` runs each seed a second time and compares the traces: chance or time that
 * did not come from the world shows here. The first failure throws, with the seed and the story in its message.
 */
export async function forSeeds<P extends Plan>(
  scenario: Scenario<P>,
  {
    from = 1,
    count,
    twice = false,
    onFailure,
  }: { from?: number; count: number; twice?: boolean; onFailure?: (seed: number, text: string) => void },
): Promise<SeedTotals> {
  const hashes = new Set<string>()
  const totals: SeedTotals = { ...noTotals }
  for (let seed = from; seed < from + count; seed++) {
    const plan = scenario.plan(seed)
    const outcome = await runPlan(scenario, plan)
    if (outcome.failure !== undefined) {
      const text = describeOutcome(scenario, plan, outcome)
      if (onFailure === undefined) throw new Error(text, { cause: outcome.failure })
      onFailure(seed, text)
    }
    if (twice && outcome.failure === undefined) await compareWithSecondRun(scenario, plan, outcome)
    hashes.add(outcome.hash)
    totals.runs++
    totals.steps += outcome.counts.steps
    totals.kills += outcome.counts.kills
    totals.machineCrashes += outcome.counts.machineCrashes
    totals.connectionsCut += outcome.counts.connectionsCut
  }
  totals.schedules = hashes.size
  return totals
}

/** The first seed, of at most `count`, with which a scenario fails; undefined when none does. */
export async function firstFailingSeed<P extends Plan>(
  scenario: Scenario<P>,
  { from = 1, count }: { from?: number; count: number },
): Promise<{ seed: number; outcome: Outcome } | undefined> {
  for (let seed = from; seed < from + count; seed++) {
    const outcome = await runPlan(scenario, scenario.plan(seed))
    if (outcome.failure !== undefined) return { seed, outcome }
  }
  return undefined
}

async function compareWithSecondRun<P extends Plan>(scenario: Scenario<P>, plan: P, first: Outcome): Promise<void> {
  const second = await runPlan(scenario, plan)
  if (second.hash === first.hash) return
  const [a, b] = [
    await runPlan(scenario, plan, { keepNotes: true }),
    await runPlan(scenario, plan, { keepNotes: true }),
  ]
  const index = a.story.findIndex((line, at) => line !== b.story[at])
  throw new Error(
    `${scenario.name} seed ${plan.seed} took two paths: ${first.hash} and ${second.hash}. They part at\n` +
      `${a.story.slice(Math.max(index - 5, 0), index + 1).join('\n')}\nwhere the second run has\n${b.story[index]}`,
  )
}
