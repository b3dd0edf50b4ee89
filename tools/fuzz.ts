/**
 * The fuzzers (`*.fuzz.test.ts`), longer than the unit tests run them and with other seeds.
 *
 *   npm run fuzz -- [--minutes 1] [--seed N] [--filter text]
 *
 * Each round runs every fuzzer with a seed of its own; a failure prints the seed, and `DORSALE_FUZZ_SEED` replays it in the test alone.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    filter: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

const print = (line: string) => process.stdout.write(`${line}\n`)
const files = globSync('packages/*/src/**/*.fuzz.test.ts').filter(path => path.includes(values.filter))
if (values.help || files.length === 0) {
  print('npm run fuzz -- [--minutes 1] [--seed N] [--filter text of a path]')
  process.exit(values.help ? 0 : 1)
}

const endMs = performance.now() + Number(values.minutes) * 60_000
let rounds = 0
for (
  let seed = Number(values.seed ?? Math.floor(Date.now() / 1000));
  rounds === 0 || performance.now() < endMs;
  seed++
) {
  const env = { ...process.env, DORSALE_FUZZ_SEED: String(seed), DORSALE_FUZZ_ROUNDS: '4' }
  const { status, stdout } = spawnSync(process.execPath, ['--test', ...files], { env, encoding: 'utf8' })
  if (status !== 0) {
    print(stdout)
    print(`failed with seed ${seed}: DORSALE_FUZZ_SEED=${seed} DORSALE_FUZZ_ROUNDS=4 node --test <the file>`)
    process.exit(1)
  }
  rounds++
}
print(`${files.length} fuzzers, ${rounds} rounds: nothing found`)
