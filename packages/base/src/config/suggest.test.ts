import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestName } from './suggest.ts'

const names = [
  'num.partitions',
  'log.dirs',
  'log.dir',
  'listeners',
  'node.id',
  'log.retention.ms',
  'log.retention.minutes',
]

const cases: [misspelt: string, suggested: string | undefined][] = [
  ['num.partition', 'num.partitions'],
  ['num.partitoins', 'num.partitions'],
  ['num_partitions', 'num.partitions'],
  ['Listeners', 'listeners'],
  ['log.dirss', 'log.dirs'],
  ['nodeid', 'node.id'],
  ['log.retention.m', 'log.retention.ms'],
  ['socket.log.dirs', 'log.dirs'],
  ['retention.ms', 'log.retention.ms'],
  ['id', undefined],
  ['', undefined],
  ['zookeeper.connect', undefined],
]

for (const [misspelt, suggested] of cases) {
  test(`'${misspelt}' suggests ${suggested}`, () => assert.equal(suggestName(misspelt, names), suggested))
}
