import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Checks } from './checks.ts'

test('a listed check must run and pass; another may wait, and is to join the list once it passes', async () => {
  const lines: string[] = []
  const checks = new Checks(['good', 'bad', 'forgotten'], line => lines.push(line))
  const good = await checks.run('good', async () => 'a note')
  const bad = await checks.run('bad', async () => {
    throw new Error('no')
  })
  await checks.run('hopeless', () => Promise.reject(new Error('not yet')))
  await checks.run('new', async () => undefined)
  assert.deepEqual([good, bad], [true, false])
  assert.deepEqual(checks.verdict(), { passed: 2, failed: 2, waiting: 1 })
  assert.match(lines.join('\n'), /^ok +good .*a note$/m)
  assert.match(lines.join('\n'), /^failed +bad: no$/m)
  assert.match(lines.join('\n'), /^waiting hopeless: not yet$/m)
  assert.match(lines.join('\n'), /^failed +forgotten: did not run$/m)
  assert.match(lines.join('\n'), /not yet on the list.*: new$/m)
  await assert.rejects(
    checks.run('good', async () => undefined),
    /two checks/,
  )
})
