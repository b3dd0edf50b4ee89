import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FetchSession, type WantedPartition } from './fetch-session.ts'

function wanted(partition: number, fetchOffset: number, topicId = 'id-of-t'): WantedPartition {
  return {
    topic: 't',
    topicId,
    partition,
    fetchOffset,
    currentLeaderEpoch: 0,
    lastFetchedEpoch: -1,
    partitionMaxBytes: 1,
  }
}

/** The session's part of a request, in short. */
function ask(session: FetchSession, partitions: readonly WantedPartition[]) {
  const { sessionId, sessionEpoch, topics, forgottenTopicsData } = session.next(partitions)
  return {
    session: `${sessionId}/${sessionEpoch}`,
    said: topics.flatMap(topic => topic.partitions.map(({ partition }) => partition)),
    forgotten: forgottenTopicsData.flatMap(topic => topic.partitions.map(partition => `${topic.topicId}/${partition}`)),
  }
}

test('a session says only what changes, and forgets what is not wanted (KIP-227)', () => {
  const session = new FetchSession()
  assert.deepEqual(ask(session, [wanted(0, 0), wanted(1, 0)]), { session: '0/0', said: [0, 1], forgotten: [] })
  session.accept(77)
  assert.deepEqual(ask(session, [wanted(0, 0), wanted(1, 5)]), { session: '77/1', said: [1], forgotten: [] })
  session.accept(77)
  assert.deepEqual(ask(session, [wanted(1, 5)]), { session: '77/2', said: [], forgotten: ['id-of-t/0'] })
  session.accept(77)
  assert.deepEqual(ask(session, [wanted(0, 0), wanted(1, 5)]), { session: '77/3', said: [0], forgotten: [] })
})

test('a session that is lost begins anew; a broker without room for one is told everything each time', () => {
  const session = new FetchSession()
  ask(session, [wanted(0, 0)])
  session.accept(77)
  session.reset()
  assert.deepEqual(ask(session, [wanted(0, 3)]), { session: '0/0', said: [0], forgotten: [] })
  session.accept(0)
  assert.deepEqual(ask(session, [wanted(0, 3)]), { session: '0/0', said: [0], forgotten: [] })
})

test('a topic that was created again leaves under its old id and comes under its new one', () => {
  const session = new FetchSession()
  ask(session, [wanted(0, 9)])
  session.accept(77)
  assert.deepEqual(ask(session, [wanted(0, 0, 'new-id')]), { session: '77/1', said: [0], forgotten: ['id-of-t/0'] })
})
