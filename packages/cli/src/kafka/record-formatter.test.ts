import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsumerRecord } from '@dorsale/client'
import { findFormatter } from './formatters.ts'
import { recordFormatter } from './record-formatter.ts'

const record: ConsumerRecord = {
  topic: 'orders',
  partition: 1,
  offset: 7,
  timestamp: 1_795_774_902_037,
  timestampType: 'CreateTime',
  key: Buffer.from('k3'),
  value: Buffer.from('v3'),
  headers: [
    { key: 'h1', value: Buffer.from('a') },
    { key: 'h2', value: null },
  ],
  leaderEpoch: 4,
}
const tombstone: ConsumerRecord = { ...record, key: null, value: null, headers: [], timestamp: -1, leaderEpoch: -1 }

function print(properties: Record<string, string>, of: ConsumerRecord = record): string {
  const parts: Uint8Array[] = []
  recordFormatter(properties)(of, parts)
  return Buffer.concat(parts).toString()
}

test('columns come in the order of the tool, as its properties say', () => {
  const names = ['timestamp', 'partition', 'offset', 'epoch', 'headers', 'key']
  const all = Object.fromEntries(names.map(name => [`print.${name}`, 'true']))
  const cases: [properties: Record<string, string>, record: ConsumerRecord, text: string][] = [
    [{}, record, 'v3\n'],
    [{}, tombstone, 'null\n'],
    [{ 'print.key': 'true' }, record, 'k3\tv3\n'],
    [all, record, 'CreateTime:1795774902037\tPartition:1\tOffset:7\tEpoch:4\th1:a,h2:null\tk3\tv3\n'],
    [all, tombstone, 'NO_TIMESTAMP\tPartition:1\tOffset:7\tEpoch:NOT_PRESENT\tNO_HEADERS\tnull\tnull\n'],
    [{ 'print.offset': 'true', 'print.value': 'false' }, record, 'Offset:7\n'],
    [
      {
        'print.headers': 'true',
        'print.key': 'true',
        'key.separator': '-',
        'line.separator': '|',
        'headers.separator': ';',
        'null.literal': 'NIL',
      },
      record,
      'h1:a;h2:NIL-k3-v3|',
    ],
    [{ 'print.timestamp': 'true' }, { ...record, timestampType: 'LogAppendTime' }, 'LogAppendTime:1795774902037\tv3\n'],
  ]
  for (const [properties, of, text] of cases) assert.equal(print(properties, of), text)
})

test("Kafka's deserializers turn bytes into text", () => {
  const value = Buffer.from('0000000000000102', 'hex')
  const className = 'org.apache.kafka.common.serialization.LongDeserializer'
  assert.equal(print({ 'value.deserializer': className }, { ...record, value }), '258\n')
  assert.throws(() => print({ 'key.deserializer': 'com.example.Mine' }), /There is no deserializer com\.example\.Mine/)
})

test('records of internal topics print as Kafka 4.3 prints them', () => {
  const hex = (text: string) => Buffer.from(text, 'hex')
  const print = (formatter: string, key: Uint8Array, value: Uint8Array | null) => {
    const parts: Uint8Array[] = []
    findFormatter(`org.apache.kafka.tools.consumer.${formatter}`, {})({ ...record, key, value }, parts)
    return Buffer.concat(parts).toString()
  }
  // An offset of the group g1 for orders-0, as Apache Kafka 4.4.0 wrote it.
  const offsetKey = hex('0001000267310006 6f7264657273 00000000'.replaceAll(' ', ''))
  const groupKey = hex('000200026731')
  assert.equal(
    print('OffsetsMessageFormatter', offsetKey, null),
    '{"key":{"type":1,"data":{"group":"g1","topic":"orders","partition":0}},"value":null}',
  )
  assert.equal(print('OffsetsMessageFormatter', groupKey, null), '', 'of another kind')
  assert.equal(print('GroupMetadataMessageFormatter', offsetKey, null), '')
  const empty = hex('0003000000000000ffffffff000001a21c86ec6600000000')
  assert.equal(
    print('GroupMetadataMessageFormatter', groupKey, empty),
    '{"key":{"type":2,"data":{"group":"g1"}},"value":{"version":3,"data":{"protocolType":"","generation":0,"protocol":null,"leader":null,"currentStateTimestamp":1795774934118,"members":[]}}}',
  )
  const ofTomorrow = hex('00630000')
  assert.match(print('OffsetsMessageFormatter', offsetKey, ofTomorrow), /"value":\{"version":99,"data":"unknown"\}\}$/)
  assert.throws(
    () => findFormatter('com.example.Mine', {}),
    /There is no formatter com\.example\.Mine: there are Default/,
  )
})
