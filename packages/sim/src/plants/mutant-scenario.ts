import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Durability } from '../broker/plan.ts'
import type { Plan, Scenario } from '../scenario.ts'
import type { FaultScope } from '../world/faults.ts'
import type { Mutant, MutantWorkload } from './mutants.ts'

/** Packages of which a mutant has its own copies. What lies below them has no mistakes planted, and is shared. */
const mutable =
  /\/packages\/(broker|storage|coordinate|raft|transport|client|sim\/src\/(broker|client|groups|memory|shares|transactions))\//
const parameter = 'mutant'

type MakeScenario = (options: { durability: Durability; focus?: Partial<FaultScope> }) => Scenario<Plan>

/** By workload: the module that makes its scenario (its source: mutants are of the repository alone), and the name under which it does. */
const workloads: Readonly<Record<MutantWorkload, { path: string; name: string }>> = {
  broker: { path: '../broker/scenario', name: 'brokerScenario' },
  storm: { path: '../broker/storm', name: 'stormScenario' },
  groups: { path: '../groups/scenario', name: 'groupsScenario' },
  memory: { path: '../memory/scenario', name: 'memoryScenario' },
  shares: { path: '../shares/scenario', name: 'sharesScenario' },
  transactions: { path: '../transactions/scenario', name: 'transactionsScenario' },
}

/**
 * A scenario over a broker or a client with one mistake in its source. No switch in the product's code: the modules are loaded a second time, and the
 * text of one of them is changed on the way in. Throws when the place that the mutant names is not there exactly once: it has moved, and the
 * mutant must follow it.
 */
export async function mutantScenario(mutant: Mutant): Promise<Scenario<Plan>> {
  let isChanged = false
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const isOfMutant = context.parentURL?.endsWith(queryOf(mutant)) || specifier.endsWith(queryOf(mutant))
      if (!isOfMutant || !mutable.test(resolved.url) || resolved.url.endsWith(queryOf(mutant))) return resolved
      return { ...resolved, url: resolved.url + queryOf(mutant) }
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!url.endsWith(`/${mutant.file}${queryOf(mutant)}`)) return loaded
      isChanged = true
      return { ...loaded, source: mutate(String(loaded.source), mutant) }
    },
  })
  try {
    const { path, name } = workloads[mutant.workload ?? 'broker']
    const url = new URL(`${path}.ts${queryOf(mutant)}`, import.meta.url)
    const { [name]: makeScenario } = (await import(url.href)) as Record<string, MakeScenario>
    if (!isChanged) throw new Error(`${mutant.name}: ${mutant.file} is no part of what is simulated any more`)
    if (makeScenario === undefined) throw new Error(`${path} does not export ${name}`)
    return makeScenario(mutant)
  } finally {
    hooks.deregister()
  }
}

/** The text of the mutant's file with its mistake. */
export function mutate(source: string, { name, file, before, after }: Mutant): string {
  const pieces = source.split(before)
  if (pieces.length !== 2) {
    throw new Error(
      `the mistake '${name}' is planted where ${file} says \`${before}\`, which stands there ${pieces.length - 1} times: ` +
        `let ${fileURLToPath(new URL('mutants.ts', import.meta.url))} follow the code`,
    )
  }
  return pieces.join(after)
}

function queryOf(mutant: Mutant): string {
  return `?${parameter}=${encodeURIComponent(mutant.name)}`
}
