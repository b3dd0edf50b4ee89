import { parseArgs } from 'node:util'
import { allPlants } from './plants/plants.ts'
import { describeOutcome, type Plan, runPlan, type Scenario } from './scenario.ts'
import { allScenarios } from './scenarios.ts'
import { addTotals, describeTotals, firstFailingSeed, forSeeds, noTotals } from './seeds.ts'
import { shrink } from './shrink.ts'
import { sweep } from './sweep.ts'

const usage = `npm run sim -- [options]
  --scenario NAME   ${allScenarios.map(({ name }) => name).join(', ')}; default: all
  --seed N          run this seed alone, and tell its story
  --seeds N         run N seeds (default 200), each twice, comparing the traces; when they are not named, a tenth of the storms and of memory, and half of groups, share groups and transactions
  --from N          the first of them (default 1); 'new' takes one from the clock
  --once            run each seed once
  --minutes N       run new seeds of all scenarios in turn, each once, for so long; what fails is listed at the end
  --plants          search every mistake that is planted in the broker: each must be found within --seeds (default 200)
  --shrink          make a failing seed's plan smaller
  --plan JSON       run this plan, as --shrink prints it
  --notes           tell every small step`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      seed: { type: 'string' },
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      once: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      plants: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      plan: { type: 'string' },
      notes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = allScenarios.filter(({ name }) => values.scenario === undefined || name === values.scenario)
  if (values.help || chosen.length === 0) {
    print(usage)
    return values.help ? 0 : 1
  }
  if (values.plants) return findPlants(Number(values.seeds))
  const from = values.from === 'new' ? Math.floor(Date.now() / 1000) * 1000 : Number(values.from)
  if (values.minutes !== undefined) {
    const found = await sweep(chosen, {
      from,
      minutes: Number(values.minutes),
      monotonic: () => performance.now(),
      print,
    })
    return found === 0 ? 0 : 1
  }
  let totals = noTotals
  let passed = 0
  let failed = 0
  const count = Number(values.seeds)
  for (const scenario of chosen) {
    const single = values.plan === undefined ? undefined : (JSON.parse(values.plan) as Plan)
    if (values.seed !== undefined || single !== undefined) {
      const plan = single ?? scenario.plan(Number(values.seed))
      if (!(await runOne(scenario, plan, { keepNotes: values.notes, smaller: values.shrink }))) return 1
      continue
    }
    const share = values.scenario === undefined ? shareOf(scenario.name) : 1
    const seeds = { from, count: Math.ceil(count * share) }
    print(`${scenario.name}: ${seeds.count} seeds from ${from}`)
    try {
      const ofScenario = await forSeeds(scenario, { ...seeds, twice: !values.once })
      print(`${scenario.name}: all held. ${describeTotals(ofScenario)}`)
      totals = addTotals(totals, ofScenario)
      passed += ofScenario.runs
    } catch (error) {
      print(error instanceof Error ? error.message : String(error))
      failed++
    }
  }
  if (totals.runs > 0) print(`in all: ${describeTotals(totals)}`)
  if (passed + failed > 0) print(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** Of the seeds: a storm holds as many crashes as ten other runs, memory as many steps, and groups, share groups and transactions go on for longer; all take their time. */
function shareOf(name: string): number {
  if (/^(storm|memory)/.test(name)) return 0.1
  return /^(groups|share|transactions)/.test(name) ? 0.5 : 1
}

async function findPlants(count: number): Promise<number> {
  let missed = 0
  for (const { name, scenario, from } of allPlants()) {
    const beganMs = performance.now()
    const found = await firstFailingSeed(await scenario(), { from, count })
    if (found === undefined) missed++
    const what = found === undefined ? 'NOT FOUND' : `seed ${found.seed}: ${found.outcome.failure?.message}`
    print(`${name}: ${what.slice(0, 160)} (${Math.round(performance.now() - beganMs)} ms)`)
  }
  print(`${allPlants().length - missed} passed, ${missed} failed`)
  return missed === 0 ? 0 : 1
}

async function runOne(
  scenario: Scenario<Plan>,
  plan: Plan,
  { keepNotes, smaller }: { keepNotes: boolean; smaller: boolean },
): Promise<boolean> {
  const outcome = await runPlan(scenario, plan, { keepNotes })
  print(describeOutcome(scenario, plan, outcome, keepNotes ? 2000 : 200))
  if (outcome.failure?.cause instanceof Error) print(outcome.failure.cause.stack ?? '')
  if (outcome.failure !== undefined && smaller) {
    const small = await shrink(scenario, plan)
    print(`\nSmaller, after ${small.runs} runs:\n${describeOutcome(scenario, small.plan, small.outcome, 200)}`)
    print(`--scenario ${scenario.name} --plan '${JSON.stringify(small.plan)}'`)
  }
  return outcome.failure === undefined
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await main()
