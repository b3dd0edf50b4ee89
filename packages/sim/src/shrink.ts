import { type Outcome, type Plan, runPlan, type Scenario } from './scenario.ts'

/**
 * Makes a failing plan smaller while it still fails, so that what is left is what matters: first faults are left out, in halves, then
 * one by one; then the workload, as the scenario knows how. A smaller plan takes another path through chance, so each is tried with
 * a few seeds, and any failure of the same first words counts. What comes out is replayed as a plan, not by its seed alone.
 */
export async function shrink<P extends Plan>(
  scenario: Scenario<P>,
  failing: P,
  { runsMax = 2000 }: { runsMax?: number } = {},
): Promise<{ plan: P; outcome: Outcome; runs: number }> {
  let plan = failing
  let outcome = await runPlan(scenario, plan)
  let runs = 1
  const subject = subjectOf(outcome)

  const take = async (candidate: P): Promise<boolean> => {
    for (let attempt = 0; attempt < seedsPerPlan && runs < runsMax; attempt++) {
      const seeded = { ...candidate, seed: failing.seed + attempt }
      runs++
      const result = await runPlan(scenario, seeded)
      if (subjectOf(result) !== subject) continue
      plan = seeded
      outcome = result
      return true
    }
    return false
  }

  for (let size = Math.ceil(plan.faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < plan.faults.length; ) {
      const faults = [...plan.faults.slice(0, start), ...plan.faults.slice(start + size)]
      if (!(await take({ ...plan, faults }))) start += size
    }
  }
  for (let progress = scenario.smaller !== undefined; progress; ) {
    progress = false
    for (const candidate of scenario.smaller?.(plan) ?? []) {
      if (!(await take(candidate))) continue
      progress = true
      break
    }
  }
  return { plan, outcome, runs }
}

const seedsPerPlan = 50

/** What failed, without its particulars; undefined when nothing did. */
function subjectOf({ failure }: Outcome): string | undefined {
  return failure?.message.split(':')[0]
}
