/** What a start loads is time before the first record: what most brokers never need comes when it is needed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

/** Prints what the sources of the project ask for by name, in a process that loads the start of a broker. */
const program = `
import { registerHooks } from 'node:module'
const asked = new Set()
registerHooks({
  resolve(specifier, context, next) {
    const isOurs = context.parentURL?.includes('/packages/') && !context.parentURL.includes('/node_modules/')
    if (isOurs && !/^(\\.|file:|@dorsale\\/)/.test(specifier)) asked.add(specifier)
    return next(specifier, context)
  },
})
await import(${JSON.stringify(import.meta.resolve('./commands/start.ts'))})
console.log(JSON.stringify([...asked].sort()))
`

test('a start loads few packages of others, and what of Node every broker needs', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  assert.deepEqual(
    JSON.parse(stdout || '[]'),
    ['node:crypto', 'node:fs', 'node:module', 'node:net', 'node:os', 'node:path', 'node:v8', 'node:zlib', 'pino'],
    stderr,
  )
})
