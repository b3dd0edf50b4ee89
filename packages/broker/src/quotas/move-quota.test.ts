import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '@dorsale/base/testing'
import { loadBrokerConfig } from '../config/index.ts'
import { MoveQuota } from './move-quota.ts'

const key = 'replica.alter.log.dirs.io.max.bytes.per.second'

function quota(clock: ManualClock, overrides: Record<string, string>, texts: () => ReadonlyMap<string, string>[]) {
  const loaded = loadBrokerConfig({ dataDirectory: '/nowhere', overrides: new Map(Object.entries(overrides)) })
  assert.ok('config' in loaded)
  return new MoveQuota({ clock, values: loaded.config.values, texts })
}

test('copying pauses while the rate over the windows is above the limit', () => {
  const clock = new ManualClock()
  const settings = {
    'alter.log.dirs.replication.quota.window.num': '3',
    'alter.log.dirs.replication.quota.window.size.seconds': '2',
  }
  const moves = quota(clock, settings, () => [new Map([[key, '1000']])])
  assert.equal(moves.isExceeded, false)
  // Two whole windows of two seconds.
  moves.spent(4000)
  assert.equal(moves.isExceeded, false)
  moves.spent(1)
  assert.equal(moves.isExceeded, true)
  clock.advance(9000)
  assert.equal(moves.isExceeded, false)
})

test('what is set for the broker goes before what is set for all; without either there is no limit', () => {
  let texts: ReadonlyMap<string, string>[] = []
  const moves = quota(new ManualClock(), {}, () => texts)
  moves.spent(1e12)
  assert.equal(moves.isExceeded, false)
  texts = [new Map(), new Map([[key, '1']])]
  assert.equal(moves.isExceeded, true)
  texts = [new Map([[key, '9223372036854775807']]), new Map([[key, '1']])]
  assert.equal(moves.isExceeded, false)
  texts = [new Map([[key, '0']])]
  assert.equal(moves.isExceeded, true)
})
