import { type Outcome, type Plan, runPlan, type Scenario } from './scenario.ts'

/**
 * Makes a failing plan smaller while it still fails, so that what is left is what matters: first faults are left out, in halves, then one by
 * one; then the workload, as the scenario knows how. A smaller plan takes another path through chance, so it may fail
 * in another way: any failure of the same first words counts.
 */
export async function shrink<P extends Plan>(
  scenario: Scenario<P>,
  failing: P,
  { runsMax = 300 }: { runsMax?: number } = {},
): Promise<{ plan: P; outcome: Outcome; runs: number }> {
  let plan = failing
  let outcome = await runPlan(scenario, plan)
  let runs = 1
  const subject = subjectOf(outcome)

  const take = async (candidate: P): Promise<boolean> => {
    if (runs >= runsMax) return false
    runs++
    const result = await runPlan(scenario, candidate)
    if (subjectOf(result) !== subject) return false
    plan = candidate
    outcome = result
    return true
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

/** What failed, without its particulars; undefined when nothing did. */
function subjectOf({ failure }: Outcome): string | undefined {
  return failure?.message.split(':')[0]
}
