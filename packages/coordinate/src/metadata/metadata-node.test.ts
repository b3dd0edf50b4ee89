import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DorsaleError, seededPrng, silentLogger } from '@dorsale/base'
import {
  brokerHeartbeatRequest,
  brokerRegistrationRequest,
  createMessage,
  createTopicsRequest,
  type MetadataRecord,
  metadataRecord,
} from '@dorsale/protocol'
import { World } from '@dorsale/sim'
import type { ControllerConfig } from '../controller/types.ts'
import { clusterId, directoryOf, newestFeatures, testConfig, testConfigTable } from '../testing/test-controller.ts'
import { createMetadataNode, type MetadataNode, type ReplicatedLog } from './metadata-node.ts'

/** A log whose commits are the test's to give. */
class ManualLog implements ReplicatedLog {
  readonly batches: { records: readonly MetadataRecord[]; baseOffset: number; lastOffset: number }[] = []
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  nextOffset = 0
  committed = 0

  append(records: readonly MetadataRecord[]) {
    const baseOffset = this.nextOffset
    this.nextOffset += records.length
    const lastOffset = this.nextOffset - 1
    this.batches.push({ records, baseOffset, lastOffset })
    const committed = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    return { baseOffset, lastOffset, committed }
  }

  /** Commits everything appended so far, batch by batch. */
  commit(node: MetadataNode): void {
    for (; this.committed < this.batches.length; this.committed++) {
      node.listener.onCommit({ ...this.batches[this.committed]!, epoch: 1 })
      this.#waiting[this.committed]!.resolve()
    }
  }

  lose(error: Error): void {
    for (; this.committed < this.batches.length; this.committed++) this.#waiting[this.committed]!.reject(error)
  }
}

const bootstrap = [...newestFeatures].map(([name, featureLevel]) =>
  metadataRecord('FeatureLevelRecord', 0, { name, featureLevel }),
)

interface Scene {
  readonly node: MetadataNode
  readonly log: ManualLog
  readonly halted: DorsaleError[]
  wait(ms: number): Promise<void>
}

function onNode(body: (scene: Scene) => Promise<void>, config: Partial<ControllerConfig> = {}): Promise<void> {
  return new World({ seed: 1 }).within(async ({ clock }) => {
    const halted: DorsaleError[] = []
    const node = createMetadataNode({
      clusterId,
      config: { ...testConfig, ...config },
      configTable: testConfigTable,
      clock,
      prng: seededPrng(1, 'node'),
      logger: silentLogger,
      onHalt: error => halted.push(error),
    })
    const log = new ManualLog()
    node.listener.onBootstrap(bootstrap)
    node.listener.onLeaderChange({ leaderId: 1, epoch: 1 }, log)
    await body({ node, log, halted, wait: ms => new Promise(resolve => clock.setTimer(ms, resolve)) })
    node.close()
  })
}

async function addBroker(node: MetadataNode, log: ManualLog): Promise<void> {
  const features = testConfig.supportedFeatures.map(feature => ({ ...feature }))
  const registration = createMessage(brokerRegistrationRequest, {
    brokerId: 1,
    clusterId,
    incarnationId: directoryOf(101),
    features,
    logDirs: [directoryOf(1)],
  })
  const registered = node.submit((controller, now) => controller.registerBroker(registration, now))
  log.commit(node)
  const { brokerEpoch } = await registered
  const heartbeat = createMessage(brokerHeartbeatRequest, {
    brokerId: 1,
    brokerEpoch,
    currentMetadataOffset: node.image.offset,
  })
  const unfenced = node.submit((controller, now) => controller.brokerHeartbeat(heartbeat, now))
  log.commit(node)
  await unfenced
}

const create = (node: MetadataNode, name: string) =>
  node.submit(controller =>
    controller.createTopics(
      createMessage(createTopicsRequest, { topics: [{ name, numPartitions: 1, replicationFactor: 1 }] }),
    ),
  )

test('a new leader of an empty log writes what the formatter left, in one transaction, and registers itself', () =>
  onNode(async ({ node, log }) => {
    assert.deepEqual(
      log.batches.map(batch => batch.records.map(record => record.type)),
      [
        [
          'BeginTransactionRecord',
          ...bootstrap.map(() => 'FeatureLevelRecord'),
          'ConfigRecord',
          'EndTransactionRecord',
        ],
        ['RegisterControllerRecord'],
      ],
    )
    assert.equal(node.image.metadataVersion, 0, 'nothing is committed yet')
    log.commit(node)
    assert.equal(node.image.metadataVersion, 33)
    assert.equal(node.image.controllers.get(1)?.endpoints[0]?.name, 'CONTROLLER')
    assert.equal(node.controllerId, 1)
  }))

test('a transaction that a former controller left open is aborted, and what it held never appears', () =>
  onNode(async ({ node, log }) => {
    node.listener.onLeaderChange({ leaderId: -1, epoch: 1 }, undefined)
    const { length } = log.batches
    node.listener.onCommit({
      baseOffset: 0,
      lastOffset: 2,
      epoch: 1,
      records: [
        ...bootstrap,
        metadataRecord('BeginTransactionRecord', 0, {}),
        metadataRecord('TopicRecord', 0, { name: 'half', topicId: directoryOf(5) }),
      ],
    })
    log.nextOffset = 3
    log.committed = length
    node.listener.onLeaderChange({ leaderId: 1, epoch: 2 }, log)
    assert.deepEqual(
      log.batches.slice(length).map(batch => batch.records.map(record => record.type)),
      [['AbortTransactionRecord'], ['RegisterControllerRecord']],
    )
    log.commit(node)
    assert.equal(node.image.topicsByName.size, 0)
    assert.notEqual(node.listener.snapshotRecords(), undefined)
  }))

test('a write sees what was appended before it; the image and the replies see what is committed', () =>
  onNode(async ({ node, log }) => {
    await addBroker(node, log)
    const heard: string[] = []
    const first = create(node, 'a').then(reply => heard.push(`first ${reply.topics[0]!.errorCode}`))
    const second = create(node, 'a').then(reply => heard.push(`second ${reply.topics[0]!.errorCode}`))
    await Promise.resolve()
    assert.equal(node.image.topicsByName.size, 0)
    assert.deepEqual(heard, [], 'the refusal rests on a topic that may yet be lost')
    log.commit(node)
    await Promise.all([first, second])
    assert.deepEqual(heard, ['first 0', 'second 36'])
    assert.ok(node.image.topicsByName.has('a'))
  }))

test('subscribers hear of each committed batch before the replies do', () =>
  onNode(async ({ node, log }) => {
    await addBroker(node, log)
    const heard: string[] = []
    node.subscribe((delta, image) => {
      for (const id of delta.changedTopics) heard.push(`published ${image.topicsById.get(id)!.name}`)
    })
    const done = create(node, 'a').then(() => heard.push('replied'))
    log.commit(node)
    await done
    assert.deepEqual(heard, ['published a', 'replied'])
  }))

test('a lost append rejects its reply, and those that rest on it', () =>
  onNode(async ({ node, log, halted }) => {
    await addBroker(node, log)
    const replies = [create(node, 'a'), create(node, 'a')]
    const error = new DorsaleError('DORSALE_RAFT_HALTED', 'the disk is gone')
    log.lose(error)
    for (const reply of replies) await assert.rejects(reply, { code: 'DORSALE_RAFT_HALTED' })
    node.listener.onHalt(error)
    assert.deepEqual(halted, [error])
    await assert.rejects(create(node, 'b'), { errorName: 'NOT_CONTROLLER' })
  }))

test('without the lead, and after close, nothing is decided', () =>
  onNode(async ({ node, log }) => {
    node.listener.onLeaderChange({ leaderId: 2, epoch: 2 }, undefined)
    await assert.rejects(create(node, 'a'), { errorName: 'NOT_CONTROLLER' })
    assert.equal(node.controllerId, 2)
    log.commit(node)
    node.listener.onLeaderChange({ leaderId: 1, epoch: 3 }, log)
    node.close()
    await assert.rejects(create(node, 'a'), { errorName: 'NOT_CONTROLLER' })
  }))

test('an idle log gets a record each interval, a busy one none', () =>
  onNode(
    async ({ log, wait }) => {
      const idleRecords = (): number => log.batches.filter(batch => batch.records[0]!.type === 'NoOpRecord').length
      await wait(550)
      assert.equal(idleRecords(), 0, 'the bootstrap was written in the first interval')
      await wait(1000)
      assert.equal(idleRecords(), 2)
    },
    { idleIntervalMs: 500 },
  ))

test('a snapshot replaces the image; its records are those of the image', () =>
  onNode(async ({ node, log }) => {
    await addBroker(node, log)
    const created = create(node, 'a')
    log.commit(node)
    await created
    const records = [...node.listener.snapshotRecords()!]
    let fromSnapshot = false
    node.subscribe(delta => {
      fromSnapshot = delta.fromSnapshot
    })
    node.listener.onSnapshot({ id: { endOffset: 500, epoch: 7 }, records })
    assert.equal(fromSnapshot, true)
    assert.deepEqual([node.image.offset, node.image.epoch], [499, 7])
    assert.deepEqual([...node.listener.snapshotRecords()!], records)
    node.listener.onCommit({
      baseOffset: 500,
      lastOffset: 500,
      epoch: 7,
      records: [metadataRecord('BeginTransactionRecord', 0, {})],
    })
    assert.equal(node.listener.snapshotRecords(), undefined, 'no snapshot in the middle of a transaction')
  }))
