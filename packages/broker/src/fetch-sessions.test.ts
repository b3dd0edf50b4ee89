import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import { createMessage, errorCodes, type FetchRequest, fetchRequest } from '@dorsale/protocol'
import { type FetchContext, type FetchOutcome, FetchSessions } from './fetch-sessions.ts'

function world(slotCount = 10) {
  const clock = new ManualClock()
  return { clock, sessions: new FetchSessions({ clock, prng: seededPrng(1), slotCount }) }
}

interface Wish {
  id?: number
  epoch: number
  /** `partition: fetch offset` */
  partitions?: Record<number, number>
  forget?: number[]
}

function request({ id = 0, epoch, partitions = {}, forget = [] }: Wish): FetchRequest {
  return createMessage(fetchRequest, {
    sessionId: id,
    sessionEpoch: epoch,
    topics: [
      {
        topic: 't',
        partitions: Object.entries(partitions).map(([partition, fetchOffset]) => ({
          partition: Number(partition),
          fetchOffset,
        })),
      },
    ],
    forgottenTopicsData: [{ topic: 't', partitions: forget }],
  })
}

function begin(sessions: FetchSessions, wish: Wish, apiVersion = 12): FetchContext {
  const context = sessions.begin(request(wish), apiVersion)
  assert.ok(typeof context !== 'number', `error ${context}`)
  return context
}

/** Answers every target: `bytes` and high watermark by partition, 0 when not given. */
function finish(context: FetchContext, bytes: Record<number, number> = {}, marks: Record<number, number> = {}) {
  const outcomes: FetchOutcome[] = [...context.targets.values()].map(target => ({
    target,
    errorCode: errorCodes.NONE,
    highWatermark: marks[target.partition] ?? 0,
    logStartOffset: 0,
    recordBytes: bytes[target.partition] ?? 0,
    diverging: false,
  }))
  const answer = context.finish(outcomes)
  return typeof answer === 'number'
    ? answer
    : { id: answer.sessionId, partitions: answer.outcomes.map(outcome => outcome.target.partition) }
}

function opened(sessions: FetchSessions, partitions: Record<number, number>): number {
  const answer = finish(begin(sessions, { epoch: 0, partitions }))
  assert.ok(typeof answer !== 'number' && answer.id > 0)
  return answer.id
}

describe('fetch sessions', () => {
  test('a full fetch answers everything and opens a session; epoch -1 opens none', () => {
    const { sessions } = world()
    const answer = finish(begin(sessions, { epoch: 0, partitions: { 0: 0, 1: 0 } }))
    assert.ok(typeof answer !== 'number' && answer.id > 0)
    assert.deepEqual(answer.partitions, [0, 1])
    assert.deepEqual(finish(begin(sessions, { epoch: -1, partitions: { 0: 0 } })), { id: 0, partitions: [0] })
    assert.equal(sessions.size, 1)
  })

  test('afterwards only news is answered, and a partition that gave data goes to the end', () => {
    const { sessions } = world()
    const id = opened(sessions, { 0: 0, 1: 0, 2: 0 })
    assert.deepEqual(finish(begin(sessions, { id, epoch: 1 })), { id, partitions: [] })
    assert.deepEqual(finish(begin(sessions, { id, epoch: 2 }), { 0: 10 }, { 2: 5 }), { id, partitions: [0, 2] })
    const next = begin(sessions, { id, epoch: 3 })
    assert.deepEqual(
      [...next.targets.values()].map(target => target.partition),
      [1, 2, 0],
    )
    // Partition 2 has told its high watermark; without further news it stays silent.
    assert.deepEqual(finish(next, {}, { 2: 5 }), { id, partitions: [] })
  })

  test('a session takes changes, additions and removals, and ends with its last partition', () => {
    const { sessions } = world()
    const id = opened(sessions, { 0: 0, 1: 0 })
    const context = begin(sessions, { id, epoch: 1, partitions: { 1: 7, 2: 3 }, forget: [0] })
    assert.deepEqual(
      [...context.targets.values()].map(target => [target.partition, target.fetchOffset]),
      [
        [1, 7],
        [2, 3],
      ],
    )
    assert.deepEqual(finish(begin(sessions, { id, epoch: 2, forget: [1, 2] })), { id: 0, partitions: [] })
    assert.equal(sessions.begin(request({ id, epoch: 3 }), 12), errorCodes.FETCH_SESSION_ID_NOT_FOUND)
  })

  test('wrong ids, epochs and kinds of topic name', () => {
    const { sessions } = world()
    const id = opened(sessions, { 0: 0 })
    assert.equal(sessions.begin(request({ id: id + 1, epoch: 1 }), 12), errorCodes.FETCH_SESSION_ID_NOT_FOUND)
    assert.equal(sessions.begin(request({ id, epoch: 2 }), 12), errorCodes.INVALID_FETCH_SESSION_EPOCH)
    assert.equal(sessions.begin(request({ id, epoch: 1 }), 13), errorCodes.FETCH_SESSION_TOPIC_ID_ERROR)
    // None of these has moved the session.
    assert.deepEqual(finish(begin(sessions, { id, epoch: 1 })), { id, partitions: [] })
  })

  test('an answer that comes after the session went on is an error', () => {
    const { sessions } = world()
    const id = opened(sessions, { 0: 0 })
    const parked = begin(sessions, { id, epoch: 1 })
    begin(sessions, { id, epoch: 2 })
    assert.equal(finish(parked), errorCodes.INVALID_FETCH_SESSION_EPOCH)
  })

  test('a full fetch drops the session that it names', () => {
    const { sessions } = world()
    const id = opened(sessions, { 0: 0 })
    begin(sessions, { id, epoch: -1, partitions: { 0: 0 } })
    assert.equal(sessions.size, 0)
  })

  test('without a free slot: no session, until one slept long enough or a smaller one lived long enough', () => {
    const { clock, sessions } = world(2)
    const first = opened(sessions, { 0: 0 })
    opened(sessions, { 0: 0 })
    assert.deepEqual(finish(begin(sessions, { epoch: 0, partitions: { 0: 0 } })), { id: 0, partitions: [0] })
    clock.advance(121_000)
    begin(sessions, { id: first, epoch: 1 })
    // The second has slept: it goes. The first was used.
    opened(sessions, { 0: 0 })
    assert.ok(typeof sessions.begin(request({ id: first, epoch: 2 }), 12) !== 'number')
    // Now none has slept, the first has lived long enough, and is smaller.
    opened(sessions, { 0: 0, 1: 0 })
    assert.equal(sessions.begin(request({ id: first, epoch: 3 }), 12), errorCodes.FETCH_SESSION_ID_NOT_FOUND)
    assert.equal(sessions.size, 2)
  })
})
