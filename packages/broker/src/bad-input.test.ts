import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  apiVersionsRequest,
  apiVersionsResponse,
  batchField,
  errorCodes,
  fetchRequest,
  fetchResponse,
  produceRequest,
  produceResponse,
  sealBatch,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from './testing/batches.ts'
import { BrokerWorld, RawClient, type TestClient } from './testing/broker-world.ts'

/** What a network may throw at a broker. Whatever it is, a client beside it is served as before, and memory stays where it was. */
describe('bad input', { timeout: 60_000 }, () => {
  const world = new BrokerWorld()
  let bystander: TestClient
  before(async () => {
    await world.start()
    bystander = world.client()
    await world.createTopic('t')
    await produce(batchOf(['before']))
  })
  after(() => world.stop())

  async function produce(records: Uint8Array, client = bystander): Promise<number> {
    const { responses } = await client.call(produceRequest, produceResponse, 12, {
      acks: -1,
      topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
    })
    return responses[0]!.partitionResponses[0]!.errorCode
  }

  async function contents(): Promise<string[]> {
    const { responses } = await bystander.call(fetchRequest, fetchResponse, 12, {
      maxBytes: 1e6,
      topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
    })
    return recordsOf(responses[0]!.partitions[0]!.records)
  }

  async function bystanderIsServed(): Promise<void> {
    assert.deepEqual(await contents(), ['0: before'])
  }

  const request = (apiKey: number, apiVersion: number, body = ''): Buffer => {
    const frame = Buffer.from(
      `00000000${hex16(apiKey)}${hex16(apiVersion)}00000001ffff${apiVersion >= flexibleFrom ? '00' : ''}${body}`,
      'hex',
    )
    frame.writeInt32BE(frame.length - 4)
    return frame
  }
  const flexibleFrom = 9
  const hex16 = (value: number): string => (value & 0xffff).toString(16).padStart(4, '0')

  const closed: [string, Buffer][] = [
    ['a request for another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: broker\r\n\r\n')],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
    ['a negative frame size', Buffer.from('80000000', 'hex')],
    ['a frame of 2 GB', Buffer.from('7fffffff', 'hex')],
    ['an unknown API', request(999, 0)],
    ['an API of controllers', request(62, 0)],
    ['an API that is not served yet', request(11, 5)],
    ['a negative API', request(-1, 0)],
    ['a version that is not served', request(0, 2)],
    ['a version of the future', request(1, 99)],
    ['a negative version', request(3, -1)],
    ['a body that is cut', request(3, 1, '0000')],
    ['a list of two billion topics', request(3, 1, '7fffffff')],
    ['a string that runs past the frame', request(3, 1, '000000017fff6161')],
    ['a varint without end', request(3, 9, 'ffffffffffffffffffff')],
  ]
  for (const [name, bytes] of closed) {
    test(`${name}: closed with one line`, async () => {
      world.lines.length = 0
      const client = new RawClient(world.port)
      client.send(bytes)
      await client.closed
      assert.equal(client.received.length, 0)
      assert.deepEqual(
        world.lines.map(line => line.message),
        ['closing a connection'],
      )
      await bystanderIsServed()
    })
  }

  test('half a frame waits, and costs what has come', async () => {
    const before = process.memoryUsage()
    const clients = Array.from({ length: 50 }, () => new RawClient(world.port))
    // Each claims 100 MB and sends three bytes of it.
    for (const client of clients) client.send(Buffer.from('06400000000003', 'hex'))
    await bystanderIsServed()
    assert.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers < 16e6)
    for (const client of clients) client.close()
  })

  test('ApiVersions of the future is answered in version 0 with our range', async () => {
    const client = new RawClient(world.port)
    client.send(request(18, 99))
    while (client.received.length < 20) await new Promise(resolve => client.socket.once('data', resolve))
    assert.equal(client.received.toString('hex'), '0000001000000001' + '0023' + '00000001' + '0012' + '0000' + '0005')
    client.close()
    const { errorCode } = await bystander.call(apiVersionsRequest, apiVersionsResponse, 0, {})
    assert.equal(errorCode, errorCodes.NONE)
  })

  /** A batch whose header is changed and sealed again: the checksum is true, the content is not. */
  const sealed = (change: (view: DataView) => void, values = ['a', 'b']): Uint8Array => {
    const batch = new Uint8Array(batchOf(values))
    change(new DataView(batch.buffer))
    sealBatch(batch, 0)
    return batch
  }

  const lies: [string, Uint8Array, number][] = [
    [
      'more records than there are',
      sealed(view => view.setInt32(batchField.recordCount, 3)),
      errorCodes.INVALID_RECORD,
    ],
    [
      'two billion records',
      sealed(view => view.setInt32(batchField.recordCount, 0x7fffffff)),
      errorCodes.INVALID_RECORD,
    ],
    [
      'fewer records than there are',
      sealed(view => view.setInt32(batchField.recordCount, 1)),
      errorCodes.INVALID_RECORD,
    ],
    ['no records', sealed(view => view.setInt32(batchField.recordCount, 0)), errorCodes.INVALID_RECORD],
    ['a wrong last offset', sealed(view => view.setInt32(batchField.lastOffsetDelta, 7)), errorCodes.INVALID_RECORD],
    ['a control batch', sealed(view => view.setInt16(batchField.attributes, 0x20)), errorCodes.INVALID_RECORD],
    [
      'a codec that does not exist',
      sealed(view => view.setInt16(batchField.attributes, 7)),
      errorCodes.UNKNOWN_SERVER_ERROR,
    ],
    ['gzip that is none', sealed(view => view.setInt16(batchField.attributes, 1)), errorCodes.UNKNOWN_SERVER_ERROR],
    [
      'a record longer than the batch',
      sealed(view => view.setUint8(batchField.records, 0x7e)),
      errorCodes.INVALID_RECORD,
    ],
    ['an oversized record', batchOf(['x'.repeat(1_100_000)]), errorCodes.MESSAGE_TOO_LARGE],
  ]
  for (const [name, records, errorCode] of lies) {
    test(`a true checksum around ${name}: Kafka's error`, async () => {
      assert.equal(await produce(records), errorCode)
      await bystanderIsServed()
    })
  }

  /** A batch of one codec around these bytes. */
  const compressed = (codecId: number, block: Uint8Array): Uint8Array => {
    const batch = new Uint8Array(batchField.records + block.length)
    batch.set(batchOf(['a']).subarray(0, batchField.records))
    batch.set(block, batchField.records)
    const view = new DataView(batch.buffer)
    view.setInt32(batchField.batchLength, batch.length - 12)
    view.setInt16(batchField.attributes, codecId)
    sealBatch(batch, 0)
    return batch
  }

  const bombs: [string, () => Uint8Array][] = [
    ['seven bytes of snappy that claim 4 GB', () => compressed(2, Buffer.from('ffffffff0f0000', 'hex'))],
    [
      'half a megabyte of gzip around a hundred',
      () => compressed(1, gzipSync(Buffer.alloc(100_000_000), { level: 1 })),
    ],
  ]
  for (const [name, bomb] of bombs) {
    test(`a bomb: ${name}`, async () => {
      const records = bomb()
      global.gc?.()
      const before = process.memoryUsage().rss
      assert.notEqual(await produce(records), errorCodes.NONE)
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024)
      await bystanderIsServed()
    })
  }

  test('a thousand silent connections', async () => {
    const before = process.memoryUsage()
    const silent = Array.from({ length: 1000 }, () => new RawClient(world.port))
    await Promise.all(silent.map(client => new Promise(resolve => client.socket.once('connect', resolve))))
    await bystanderIsServed()
    // Both ends live in this process.
    assert.ok(process.memoryUsage().rss - before.rss < 100e6)
    for (const client of silent) client.close()
  })

  test('a flood of fetches by a client that never reads', async () => {
    await world.createTopic('big')
    const value = 'x'.repeat(900_000)
    for (let i = 0; i < 4; i++) {
      await bystander.call(produceRequest, produceResponse, 12, {
        acks: -1,
        topicData: [{ name: 'big', partitionData: [{ index: 0, records: batchOf([value]) }] }],
      })
    }
    const frame = request(
      1,
      4,
      `ffffffff00000000000000007fffffff0000000001${'0003626967'}00000001000000000000000000000000${'7fffffff'}`,
    )
    const before = process.memoryUsage().rss
    const rude = Array.from({ length: 20 }, () => new RawClient(world.port, { reads: false }))
    for (const client of rude) for (let i = 0; i < 100; i++) client.send(frame)
    for (let i = 0; i < 20; i++) await bystanderIsServed()
    assert.ok(process.memoryUsage().rss - before < 300e6)
    for (const client of rude) client.close()
  })
})
