/** What a start loads is time before the first record: what most brokers never need comes when it is needed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

/** Prints what the sources of the project ask for by name, and which of them there are, in a process that loads the start of a broker. */
const program = `
import { registerHooks } from 'node:module'
const asked = new Set()
const loaded = []
registerHooks({
  resolve(specifier, context, next) {
    const isOurs = context.parentURL?.includes('/packages/') && !context.parentURL.includes('/node_modules/')
    if (isOurs && !/^(\\.|file:|@dorsale\\/)/.test(specifier)) asked.add(specifier)
    return next(specifier, context)
  },
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  },
})
await import(${JSON.stringify(import.meta.resolve('./commands/start.ts'))})
console.log(JSON.stringify({ asked: [...asked].sort(), loaded }))
`

const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
const { asked, loaded }: { asked: string[]; loaded: string[] } = JSON.parse(stdout || '{"asked":[],"loaded":[]}')

test('a start loads few packages of others, and what of Node every broker needs', () => {
  assert.deepEqual(
    asked,
    ['node:crypto', 'node:fs', 'node:module', 'node:net', 'node:os', 'node:path', 'node:v8', 'node:zlib', 'pino'],
    stderr,
  )
})

test('of doors and rights it loads what tells that there are none', () => {
  const names = loaded.flatMap(url => /\/broker\/src\/security\/(.*)$/.exec(url)?.[1] ?? [])
  assert.deepEqual(names.sort(), ['principal.ts', 'require-topics.ts', 'rights.ts', 'sort-out.ts'], stderr)
  assert.ok(!loaded.some(url => url.endsWith('/coordinate/src/controller/acls.ts')))
})
