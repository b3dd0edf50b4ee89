import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupTable } from './groups.ts'

test("groups are printed as Kafka's tool 4.3.1 printed them", () => {
  const groups = [
    { groupId: 'console-consumer-52503', type: 'Classic', protocol: 'consumer' },
    { groupId: 'vc', type: 'Classic', protocol: 'consumer' },
  ] as const
  assert.equal(
    groupTable(groups),
    [
      'GROUP                  TYPE                   PROTOCOL              \n',
      'console-consumer-52503 Classic                consumer               \n',
      'vc                     Classic                consumer               \n',
    ].join(''),
  )
  assert.equal(groupTable([]), 'GROUP                TYPE                 PROTOCOL            \n')
})
