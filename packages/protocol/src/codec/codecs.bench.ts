/**
 * Cost of messages on the hot path, beside the interpreter:
 *
 *     node packages/protocol/src/codec/codecs.bench.ts
 *
 * Leaves out sockets, and the records themselves: they are views when decoded and chunks of their own when encoded.
 *
 * Node 24, two shared cores, when first written (decode, encode; the interpreter's in brackets):
 *
 *     FetchResponse v16, 64 partitions        4.4 us   6.6 us   (73, 58)
 *     FetchRequest v16, 64 partitions         1.6 us   4.1 us   (35, 30)
 *     ProduceRequest v9, one partition        0.21 us  0.25 us  (1.2, 0.8)
 *     ProduceResponse v9, one partition       0.21 us  0.23 us  (1.7, 1.1)
 *     MetadataResponse v12, 10 topics of 12   10 us    12 us    (112, 112)
 *     HeartbeatRequest v4                     0.25 us  0.25 us  (0.6, 0.6)
 */
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { fetchRequest } from '../messages/fetch-request.ts'
import { fetchResponse } from '../messages/fetch-response.ts'
import { heartbeatRequest } from '../messages/heartbeat-request.ts'
import { metadataResponse } from '../messages/metadata-response.ts'
import { produceRequest } from '../messages/produce-request.ts'
import { produceResponse } from '../messages/produce-response.ts'
import type { MessageTable } from '../table/message.ts'
import type { Codec } from './codec.ts'
import { createMessage } from './codecs.ts'
import { compile } from './compile.ts'
import { interpret } from './interpret.ts'

const topicId = 'cGxhaW4tdG9waWMtaWQtMQ'
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const batch = new Uint8Array(1100)

const cases: [string, MessageTable, number, unknown][] = [
  [
    'FetchResponse v16, 64 partitions',
    fetchResponse,
    16,
    createMessage(fetchResponse, {
      responses: [
        {
          topicId,
          partitions: upTo(64).map(partitionIndex => ({
            partitionIndex,
            highWatermark: 1_000_000 + partitionIndex,
            lastStableOffset: 1_000_000 + partitionIndex,
            logStartOffset: 0,
            records: batch,
          })),
        },
      ],
    }),
  ],
  [
    'FetchRequest v16, 64 partitions',
    fetchRequest,
    16,
    createMessage(fetchRequest, {
      topics: [
        {
          topicId,
          partitions: upTo(64).map(partition => ({ partition, fetchOffset: 123_456, partitionMaxBytes: 1 << 20 })),
        },
      ],
    }),
  ],
  [
    'ProduceRequest v9, one partition',
    produceRequest,
    9,
    createMessage(produceRequest, {
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name: 'orders', partitionData: [{ index: 3, records: batch }] }],
    }),
  ],
  [
    'ProduceResponse v9, one partition',
    produceResponse,
    9,
    createMessage(produceResponse, {
      responses: [{ name: 'orders', partitionResponses: [{ index: 3, baseOffset: 123_456, logStartOffset: 0 }] }],
    }),
  ],
  [
    'MetadataResponse v12, 10 topics of 12',
    metadataResponse,
    12,
    createMessage(metadataResponse, {
      brokers: upTo(3).map(nodeId => ({ nodeId, host: `broker-${nodeId}.example.org`, port: 9092 })),
      topics: upTo(10).map(topic => ({
        name: `topic-${topic}`,
        topicId,
        partitions: upTo(12).map(partitionIndex => ({
          partitionIndex,
          leaderId: partitionIndex % 3,
          leaderEpoch: 1,
          replicaNodes: [0, 1, 2],
          isrNodes: [0, 1, 2],
        })),
      })),
    }),
  ],
  [
    'HeartbeatRequest v4',
    heartbeatRequest,
    4,
    createMessage(heartbeatRequest, {
      groupId: 'billing',
      generationId: 12,
      memberId: 'consumer-1-0f4c3a52-9d0e-4a8b-8a4f-6f9f6a1b2c3d',
    }),
  ],
]

/** Nanoseconds per call: the best of several rounds, each long enough for the clock. */
function measure(run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  let count = 1
  for (let round = 0; round < 12; round++) {
    const started = process.hrtime.bigint()
    for (let call = 0; call < count; call++) run()
    const elapsed = Number(process.hrtime.bigint() - started)
    if (elapsed < 50_000_000) count = Math.ceil((count * 60_000_000) / Math.max(elapsed, 1))
    else best = Math.min(best, elapsed / count)
  }
  return best
}

function costs(codec: Codec, value: unknown) {
  const writer = new ByteWriter()
  codec.encode(writer, value)
  const bytes = Buffer.concat(writer.finish())
  return {
    decode: measure(() => codec.decode(new ByteReader(bytes))),
    encode: measure(() => {
      const out = new ByteWriter()
      codec.encode(out, value)
      out.finish()
    }),
  }
}

const print = (...columns: (string | number)[]) => {
  const [name, ...figures] = columns.map(column => (typeof column === 'number' ? `${Math.round(column)} ns` : column))
  process.stdout.write(`${name!.padEnd(40)}${figures.map(figure => figure.padStart(12)).join('')}\n`)
}

const only = process.argv[2] ?? ''
print('', 'decode', 'encode', 'interpreted', 'interpreted')
for (const [name, table, version, value] of cases) {
  if (!name.includes(only)) continue
  const compiled = costs(compile(table, version), value)
  const interpreted = costs(interpret(table, version), value)
  print(name, compiled.decode, compiled.encode, interpreted.decode, interpreted.encode)
}
