import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtocolError } from '@dorsale/protocol'
import type { ServerConnection } from '@dorsale/transport'
import { type ShareFetchBegin, type ShareSession, ShareSessions } from './share-sessions.ts'

class FakeConnection {
  readonly #callbacks: (() => void)[] = []

  onClosed(callback: () => void): void {
    this.#callbacks.push(callback)
  }

  get callbackCount(): number {
    return this.#callbacks.length
  }

  close(): void {
    for (const callback of this.#callbacks) callback()
  }
}

const topicId = 'XDFcej3hQRyC9IFBdxzPeg'

function world({ sessionsMax = 2 } = {}) {
  const released: ShareSession[] = []
  const sessions = new ShareSessions({ sessionsMax, onReleased: session => released.push(session) })
  const begin = (memberId: string, connection: FakeConnection, over: Partial<ShareFetchBegin> = {}) => {
    const request = { groupId: 'g', memberId, epoch: 0, targets: [], forgotten: [], acknowledges: false, ...over }
    try {
      return sessions.begin({ ...request, connection: connection as unknown as ServerConnection })
    } catch (error) {
      if (error instanceof ProtocolError) return error.errorName
      throw error
    }
  }
  return { sessions, begin, released }
}

const targets = (...partitions: number[]) => partitions.map(partition => ({ topicId, partition }))

test('there are no more sessions than the limit says; a member takes the place of its own', () => {
  const { sessions, begin } = world()
  const connection = new FakeConnection()
  begin('a', connection)
  begin('b', connection)
  assert.equal(begin('c', connection), 'SHARE_SESSION_LIMIT_REACHED')
  assert.notEqual(begin('a', connection), 'SHARE_SESSION_LIMIT_REACHED')
  assert.equal(sessions.size, 2)
  assert.ok(sessions.end('g', 'b'))
  assert.equal(sessions.end('g', 'b'), undefined)
  assert.notEqual(begin('c', connection), 'SHARE_SESSION_LIMIT_REACHED')
})

test('sessions end with the connection that opened them, and are told of once', () => {
  const { sessions, begin, released } = world({ sessionsMax: 10 })
  const [first, second] = [new FakeConnection(), new FakeConnection()]
  for (let round = 0; round < 5; round++) begin('a', first)
  assert.equal(first.callbackCount, 1)
  begin('b', first)
  begin('b', second)
  first.close()
  assert.deepEqual(
    released.map(({ memberId }) => memberId),
    ['a'],
  )
  assert.equal(sessions.size, 1)
  second.close()
  second.close()
  assert.equal(released.length, 2)
})

test('a session remembers its partitions, and begins each time with the next', () => {
  const { begin } = world()
  const connection = new FakeConnection()
  const read = (epoch: number, over: Partial<ShareFetchBegin> = {}) => {
    const context = begin('a', connection, { epoch, ...over })
    assert.ok(typeof context !== 'string', String(context))
    return context.targets.map(({ partition }) => partition)
  }
  assert.deepEqual(read(0, { targets: targets(0, 1, 2) }), [0, 1, 2])
  assert.deepEqual(read(1), [1, 2, 0])
  assert.deepEqual(read(2, { targets: targets(3), forgotten: targets(1) }), [3, 0, 2])
  assert.deepEqual(read(-1), [])
})

test('an answer is not for a session that has gone on meanwhile', () => {
  const { begin } = world()
  const connection = new FakeConnection()
  begin('a', connection)
  const context = begin('a', connection, { epoch: 1 })
  assert.ok(typeof context !== 'string' && context.isCurrent())
  begin('a', connection, { epoch: 2 })
  assert.equal(context.isCurrent(), false)
})
