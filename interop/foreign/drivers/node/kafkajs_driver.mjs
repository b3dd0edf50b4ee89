/** kafkajs under the drivers' contract: see interop/foreign/README.md. Its codecs but gzip are brought by the application, here from Node itself and from npm. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import SnappyCodec from 'kafkajs-snappy'
import { compressFrame, decompressFrame } from 'lz4-napi'

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs
const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => compressFrame(encoder.buffer),
  decompress: decompressFrame,
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({ compress: encoder => compress(encoder.buffer), decompress })
const types = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

const [bootstrap, command, json] = process.argv.slice(2)
const options = JSON.parse(json)
const kafka = new Kafka({
  clientId: 'driver',
  brokers: [bootstrap],
  logLevel: logLevel.ERROR,
  retry: { retries: 200, maxRetryTime: 500 },
})
const show = (partition, { offset, key, value }) =>
  process.stdout.write(
    Buffer.concat([Buffer.from(`${partition}\t${offset}\t`), key, Buffer.from('\t'), value, Buffer.from('\n')]),
  )

const commands = {
  async produce() {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    let messages = []
    const send = async () => {
      await producer.send({ topic: options.topic, acks: -1, compression: types[options.codec], messages })
      messages = []
    }
    for await (const line of createInterface({ input: createReadStream(options.file), crlfDelay: Infinity })) {
      const colon = line.indexOf(':')
      messages.push({ key: line.slice(0, colon), value: line.slice(colon + 1) })
      if (messages.length === 2000) await send()
    }
    await send()
    await producer.disconnect()
  },

  /** It consumes in groups only: a group of its own. */
  async consume() {
    const consumer = kafka.consumer({ groupId: `consume-${options.topic}-${process.pid}` })
    await consumer.connect()
    await consumer.subscribe({ topic: options.topic, fromBeginning: true })
    let count = 0
    await new Promise(resolve => {
      consumer.run({
        autoCommit: false,
        async eachBatch({ batch }) {
          for (const message of batch.messages) {
            show(batch.partition, message)
            if (++count === options.count) resolve()
          }
        },
      })
    })
    await consumer.disconnect()
  },

  async member() {
    const consumer = kafka.consumer({
      groupId: options.group,
      sessionTimeout: options.sessionMs,
      rebalanceTimeout: 10_000,
      heartbeatInterval: 500,
    })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const [partitions = []] = Object.values(payload.memberAssignment)
      process.stdout.write(`=assigned ${partitions.join(',')}\n`)
    })
    await consumer.connect()
    await consumer.subscribe({ topic: options.topic, fromBeginning: true })
    await consumer.run({
      autoCommitInterval: 500,
      async eachMessage({ partition, message }) {
        show(partition, message)
      },
    })
    for await (const _ of process.stdin);
    await consumer.disconnect()
  },

  async admin() {
    const admin = kafka.admin()
    await admin.connect()
    const { topic } = options
    const facts = {}
    const topics = [
      { topic, numPartitions: 3, replicationFactor: 1, configEntries: [{ name: 'retention.ms', value: '60000' }] },
    ]
    await admin.createTopics({ topics, waitForLeaders: true })
    const count = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length
    const retention = async () => {
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }]
      const { resources: answers } = await admin.describeConfigs({ resources, includeSynonyms: false })
      return answers[0].configEntries.find(entry => entry.configName === 'retention.ms').configValue
    }
    facts.partitions = await count()
    facts.retention = await retention()
    const configEntries = [{ name: 'retention.ms', value: '70000' }]
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
    })
    facts.altered = await retention()
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
    facts.grown = await count()
    facts.groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort()
    await admin.deleteTopics({ topics: [topic] })
    facts.deleted = !(await admin.listTopics()).includes(topic)
    process.stdout.write(`${JSON.stringify(facts)}\n`)
    await admin.disconnect()
  },
}
await commands[command]()
