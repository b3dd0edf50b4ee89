import type { Plan, Scenario } from './scenario.ts'
import { addTotals, describeTotals, forSeeds, noTotals } from './seeds.ts'

/** Seeds of one scenario before the next has its turn. */
const seedsPerTurn = 20
const tellEveryMs = 60_000

/**
 * Runs seeds of the scenarios in turn, from `from` on, each once, until `minutes` of real time are over. A failing seed is told when it is found and
 * listed at the end. Tells how many crashes there were on how many schedules, every minute and at the end. Answers how many seeds failed.
 */
export async function sweep(
  scenarios: readonly Scenario<Plan>[],
  {
    from,
    minutes,
    monotonic,
    print,
  }: { from: number; minutes: number; monotonic(): number; print(line: string): void },
): Promise<number> {
  const endMs = monotonic() + minutes * 60_000
  let totals = noTotals
  const failing: string[] = []
  let toldMs = monotonic()
  for (let seed = from; monotonic() < endMs; seed += seedsPerTurn) {
    for (const scenario of scenarios) {
      const ofTurn = await forSeeds(scenario, {
        from: seed,
        count: seedsPerTurn,
        onFailure: (failingSeed, text) => {
          failing.push(`--scenario ${scenario.name} --seed ${failingSeed}`)
          print(text)
        },
      })
      totals = addTotals(totals, ofTurn)
    }
    if (monotonic() < toldMs + tellEveryMs) continue
    toldMs = monotonic()
    print(`${describeTotals(totals)}; ${failing.length} failed`)
  }
  print(`${describeTotals(totals)}; ${failing.length} failed`)
  for (const each of failing) print(`again: npm run sim -- ${each}`)
  print(`${totals.runs - failing.length} passed, ${failing.length} failed`)
  return failing.length
}
