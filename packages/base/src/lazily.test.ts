import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lazily } from './lazily.ts'

test('what is made lazily is made once, even when it is undefined, and again after a failure', () => {
  let calls = 0
  const nothing = lazily(() => {
    calls++
    return undefined
  })
  assert.equal(calls, 0)
  assert.equal(nothing(), undefined)
  assert.equal(nothing(), undefined)
  assert.equal(calls, 1)

  let isBroken = true
  const healing = lazily(() => {
    if (isBroken) throw new Error('not yet')
    return 7
  })
  assert.throws(() => healing(), /not yet/)
  isBroken = false
  assert.equal(healing(), 7)
})
