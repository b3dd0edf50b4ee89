/**
 * The API in the hands of somebody whom no compiler helps: each call says in words what is wrong with what it was given, does nothing, and leaves the client as it was. What a
 * producer's `send` says is in check-record.test.ts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAdmin } from './admin/admin.ts'
import { createConsumer } from './consumer/kafka-consumer.ts'
import { createProducer } from './producer/kafka-producer.ts'
import { createShareConsumer } from './share/kafka-share-consumer.ts'
import { withCluster } from './testing/fake-cluster.ts'
import { fill } from './testing/group-reader.ts'

type Call = readonly [name: string, call: () => unknown, message: RegExp]

/** Whether it throws or rejects, it is one to whom it happens. */
async function refuses(calls: readonly Call[], code = 'DORSALE_INVALID_ARGUMENT'): Promise<void> {
  for (const [name, call, message] of calls) await assert.rejects(async () => call(), { code, message }, name)
}

// biome-ignore lint/suspicious/noExplicitAny: what is tried is what types forbid.
const any = (value: unknown) => value as any

test('a client is made of a world and settings, and says so', async () =>
  withCluster({}, async (cluster, world) => {
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'group.id': 'g' }
    for (const create of [createProducer, createConsumer, createShareConsumer, createAdmin]) {
      const { name } = create
      await refuses([
        [`${name}()`, () => any(create)(), new RegExp(`^${name} takes \\{ world: nodeWorld\\(\\), .* given no world$`)],
        [`${name} without a world`, () => any(create)({ settings }), /given no world$/],
        [`${name} without settings`, () => any(create)({ world }), /given no settings$/],
      ])
    }
    const wrong = { ...settings, 'client.id': { a: 1 } }
    await refuses(
      [
        [
          'an object',
          () => createConsumer({ world, settings: any(wrong) }),
          /^client\.id must be text, .* is an object$/,
        ],
      ],
      'DORSALE_CONFIG',
    )
    const nulls = { ...settings, 'client.id': null, 'value.deserializer': null }
    await createConsumer({ world, settings: any(nulls) }).close()
  }))

test('a consumer names what it takes, and reads on', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 3)
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'group.id': 'g', 'auto.offset.reset': 'earliest' }
    const consumer = createConsumer({ world, settings })
    const place = { topic: 't', partition: 0 }
    const list = /subscribe takes an array of names, a RegExp or a SubscriptionPattern, and was given/
    await refuses(
      [
        ['nothing to read', () => consumer.poll({ timeoutMs: 10 }), /^there is nothing to read: subscribe or assign/],
        ['a text', () => consumer.subscribe(any('t')), new RegExp(`${list.source} the text 't'$`)],
        ['nothing', () => consumer.subscribe(any(undefined)), new RegExp(`${list.source} nothing$`)],
        ['numbers', () => consumer.subscribe(any([5])), new RegExp(`${list.source} an array with the number 5$`)],
      ],
      'DORSALE_INVALID_SUBSCRIPTION',
    )
    await refuses([
      ['assign', () => consumer.assign(any('t')), /^assign takes an array of \{ topic, partition \}, .* the text 't'$/],
      ['assign', () => consumer.assign(any([{ topic: 't' }])), /^the partition of assign must be .* is nothing$/],
      ['assign', () => consumer.assign([{ ...place, offset: -1 }]), /^the offset of assign .* the number -1$/],
    ])
    consumer.assign([place])
    await refuses([
      ['poll', () => consumer.poll(any(undefined)), /^poll takes \{ timeoutMs \}, .* nothing$/],
      ['poll', () => consumer.poll(any(100)), /the number 100$/],
      ['poll', () => consumer.poll({ timeoutMs: Number.NaN }), /the number NaN$/],
      ['seek', () => consumer.seek(any(undefined)), /^seek takes \{ topic, partition \}, and was given nothing$/],
      ['seek', () => consumer.seek({ ...place, offset: any('5') }), /^the offset of seek .* the text '5'$/],
      ['seek', () => consumer.seek({ ...place, offset: -5 }), /the number -5$/],
      ['seekToTime', () => consumer.seekToTime(any(new Date(0))), /an instance of Date: its getTime\(\) is one$/],
      ['seekToEnd', () => consumer.seekToEnd(any('t')), /the text 't'$/],
      ['pause', () => consumer.pause(any(place)), /^pause takes an array/],
      ['resume', () => consumer.resume(any([null])), /^resume takes \{ topic, partition \}, and was given nothing$/],
      ['position', () => consumer.position(any('t-0')), /^position takes .* the text 't-0'$/],
      ['commit', () => consumer.commit(any(5)), /^commit takes .* the number 5$/],
      ['commit', () => consumer.commit(any([place])), /^the offset of commit .* nothing$/],
      ['commit', () => consumer.commit(any(place)), /^commit takes a record, a chunk or an array/],
      ['committed', () => consumer.committed(any(undefined)), /^committed takes an array/],
      ['endOffsets', () => consumer.endOffsets(any('t')), /^endOffsets takes an array/],
      [
        'offsetsForTimes',
        () => consumer.offsetsForTimes(any([place])),
        /^the timestamp of offsetsForTimes .* nothing$/,
      ],
    ])
    assert.equal((await consumer.poll({ timeoutMs: 5000 }))?.records.length, 3)
    await consumer.close()
    await refuses([['poll', () => consumer.poll({ timeoutMs: 10 }), /closed/]], 'DORSALE_CLOSED')
    // A loop that is begun anew after an error may meet the close: it ends, as one that was under way.
    assert.deepEqual(await consumer.chunks().next(), { done: true, value: undefined })
    assert.deepEqual(await consumer.records().next(), { done: true, value: undefined })
  }))

test('a loop that polls on after stop does not keep the event loop from what is to end it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const consumer = createConsumer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    consumer.assign([{ topic: 't', partition: 0 }])
    let isOver = false
    world.clock.setTimer(1000, () => {
      isOver = true
    })
    consumer.stop()
    let count = 0
    for (; !isOver; count++) assert.equal(await consumer.poll({ timeoutMs: 60_000 }), undefined)
    assert.equal(count, 10)
    await consumer.close()
  }))

test('a producer likewise', () =>
  withCluster({}, async (cluster, world) => {
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'transactional.id': 'x' }
    const producer = createProducer({ world, settings })
    await refuses([
      ['sendAll', () => producer.sendAll(any({ topic: 't', value: 'x' })), /^sendAll takes an array .* an object$/],
      ['sendAll', () => producer.sendAll(any('t')), /the text 't'$/],
      ['sendAll', () => producer.sendAll(any(undefined)), /nothing$/],
      ['transaction', () => producer.transaction(any(undefined)), /^transaction takes a function, .* nothing$/],
    ])
    await producer.close()
  }))

test('a share consumer and an admin client likewise', () =>
  withCluster({}, async (cluster, world) => {
    const settings = { 'bootstrap.servers': cluster.bootstrap }
    await refuses(
      [['no group', () => createShareConsumer({ world, settings }), /^group\.id must be set/]],
      'DORSALE_CONFIG',
    )
    const explicit = { ...settings, 'group.id': 'g', 'share.acknowledgement.mode': 'explicit' }
    const share = createShareConsumer({ world, settings: explicit })
    await refuses(
      [
        ['subscribe', () => share.subscribe(any('t')), /the text 't'$/],
        ['poll', () => share.poll({ timeoutMs: 10 }), /^there is nothing to read: subscribe comes first$/],
      ],
      'DORSALE_INVALID_SUBSCRIPTION',
    )
    const held = { topic: 't', partition: 0, offset: 0 }
    await refuses([
      ['poll', () => share.poll(any(5)), /^poll takes \{ timeoutMs \}/],
      ['acknowledge', () => share.acknowledge(held, any('ok')), /^acknowledge takes accept, .* the text 'ok'$/],
      ['acknowledge', () => share.acknowledge(held, any('gap')), /the text 'gap'$/],
    ])
    await share.close()
    const admin = createAdmin({ world, settings })
    await refuses([
      [
        'createTopics',
        () => admin.createTopics(any({ topics: [] })),
        /^the creation of topics takes an array, .* object$/,
      ],
      ['createTopics', () => admin.createTopics(any(['t'])), /^the name of a new topic must be .* nothing$/],
      ['deleteTopics', () => admin.deleteTopics(any('t')), /^the deletion of topics takes an array, .* text 't'$/],
    ])
    await admin.close()
  }))
