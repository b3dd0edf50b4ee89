/** @platformatic/kafka under the drivers' contract: see interop/foreign/README.md. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import {
  Admin,
  ConfigResourceTypes,
  Consumer,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'

const [bootstrap, command, json] = process.argv.slice(2)
const options = JSON.parse(json)
const base = {
  clientId: 'driver',
  bootstrapBrokers: [bootstrap],
  retries: 500,
  retryDelay: 100,
  connectTimeout: 2000,
  strict: true,
}
const show = ({ partition, offset, key, value }) => process.stdout.write(`${partition}\t${offset}\t${key}\t${value}\n`)
const consumerOf = (groupId, more = {}) =>
  new Consumer({ ...base, groupId, deserializers: stringDeserializers, ...more })

const commands = {
  async produce() {
    const producer = new Producer({
      ...base,
      serializers: stringSerializers,
      idempotent: true,
      compression: options.codec,
      autocreateTopics: true,
    })
    let messages = []
    const send = async () => {
      await producer.send({ messages })
      messages = []
    }
    for await (const line of createInterface({ input: createReadStream(options.file), crlfDelay: Infinity })) {
      const colon = line.indexOf(':')
      messages.push({ topic: options.topic, key: line.slice(0, colon), value: line.slice(colon + 1) })
      if (messages.length === 2000) await send()
    }
    if (messages.length > 0) await send()
    await producer.close()
  },

  /** It consumes in groups only: a group of its own. */
  async consume() {
    const consumer = consumerOf(`consume-${options.topic}-${process.pid}`)
    const stream = await consumer.consume({ topics: [options.topic], mode: 'earliest', autocommit: false })
    let count = 0
    for await (const message of stream) {
      show(message)
      if (++count === options.count) break
    }
    await consumer.close(true)
  },

  async member() {
    const consumer = consumerOf(options.group, {
      sessionTimeout: options.sessionMs,
      rebalanceTimeout: 10_000,
      heartbeatInterval: 500,
      ...(options.protocol === 'consumer' ? { groupProtocol: 'consumer' } : {}),
    })
    consumer.on('consumer:group:join', () => {
      const partitions = (consumer.assignments ?? []).flatMap(assignment => assignment.partitions)
      process.stdout.write(`=assigned ${partitions.join(',')}\n`)
    })
    const stream = await consumer.consume({
      topics: [options.topic],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: 500,
    })
    stream.on('data', show)
    for await (const _ of process.stdin);
    await stream.close()
    await consumer.close(true)
  },

  async admin() {
    const admin = new Admin(base)
    const { topic } = options
    const facts = {}
    await admin.createTopics({
      topics: [topic],
      partitions: 3,
      replicas: 1,
      configs: [{ name: 'retention.ms', value: '60000' }],
    })
    const count = async () =>
      (await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic).partitions.length
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }
    const retention = async () => {
      const [{ configs }] = await admin.describeConfigs({
        resources: [{ ...resource, configurationKeys: ['retention.ms'] }],
      })
      return configs[0].value
    }
    facts.partitions = await count()
    facts.retention = await retention()
    const configs = [{ name: 'retention.ms', configOperation: 0, value: '70000' }]
    await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs }] })
    facts.altered = await retention()
    // It wants to be told the place of each new partition.
    const assignments = [{ brokerIds: [1] }, { brokerIds: [1] }]
    await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments }] })
    facts.grown = await count()
    facts.groups = [...(await admin.listGroups()).keys()].sort()
    await admin.deleteTopics({ topics: [topic] })
    facts.deleted = !(await admin.listTopics()).includes(topic)
    process.stdout.write(`${JSON.stringify(facts)}\n`)
    await admin.close()
  },
}
await commands[command]()
// A closed client of 2.12.1 may leave a connection open, which would keep the process: when a connection is refused, its pool tries the same
// address once more in the callback of that error, and then forgets the connection of that second attempt (the error's next listener deletes by
// address). Closing does not reach what the pool has forgotten, and that attempt succeeds when the broker comes back between the two.
await new Promise(written => process.stdout.write('', written))
process.exit()
