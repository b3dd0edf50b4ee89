/** What the records of a damaged log may say, and no coordinator has written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMessage, DecodeError, groupMetadataValue } from '@dorsale/protocol'
import { groupFromRecord } from './classic-records.ts'

const member = (memberId: string, groupInstanceId: string) => ({ memberId, groupInstanceId, sessionTimeout: 1000 })

test('two members of one instance are no group', () => {
  const members = [member('a', 'instance'), member('b', 'instance')]
  const value = createMessage(groupMetadataValue, { protocolType: 'consumer', protocol: 'range', members })
  assert.throws(() => groupFromRecord('group', value), DecodeError)
})

test('the generation after the last is the first', () => {
  const value = createMessage(groupMetadataValue, { protocolType: 'consumer', generation: 0x7fffffff, members: [] })
  const group = groupFromRecord('group', value)
  group.transitionTo('PreparingRebalance', 0)
  group.beginGeneration(0)
  assert.equal(group.generationId, 1)
})
