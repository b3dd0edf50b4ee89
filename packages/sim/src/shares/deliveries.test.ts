import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { World } from '../world/world.ts'
import { Deliveries } from './deliveries.ts'
import { LockTuner } from './lock-tuner.ts'
import type { ShareAnswer, ShareRequest } from './wire.ts'

const countMax = 3
const lockMs = 1000
const sessionMs = 800
const accept = 1
const release = 2
const renew = 4

/** A group of members of whom each has a connection of its own, and a record, 0@7, that they are told of. */
class Group {
  readonly world = new World({ seed: 1 })
  readonly locks = new LockTuner(this.world, { name: 'locks', groupId: 'g', lockMs, valuesMs: [], everyMs: 1 })
  readonly deliveries = new Deliveries(this.world, {
    countMax,
    locksBetween: (fromMs, untilMs) => this.locks.between(fromMs, untilMs),
    sessionMs,
    remembersLocks: true,
    lateMsMax: 500,
  })
  readonly #epochs = new Map<string, number>()
  readonly #connections = new Map<string, object>()

  constructor() {
    this.deliveries.begins()
  }

  /** A fetch that is answered at once, with the record. */
  gets(memberId: string, { count, atMs }: { count: number; atMs: number }): void {
    const request = this.#ask(memberId, { atMs, types: [] })
    const acquired = [{ partition: 0, firstOffset: 7, lastOffset: 7, deliveryCount: count }]
    this.deliveries.answered(request, { errorCode: 0, refused: new Map(), acquired, answeredMs: atMs })
  }

  /** Says what becomes of the record, and hears how that went. */
  says(memberId: string, { type, atMs, refusal = 0 }: { type: number; atMs: number; refusal?: number }): void {
    const request = this.#ask(memberId, { atMs, types: [type] })
    this.deliveries.answered(request, this.#answer(atMs, refusal))
  }

  /** Says it again under the epoch of its first request. */
  saysLate(memberId: string, { atMs, errorCode = 0 }: { atMs: number; errorCode?: number }): void {
    const request = this.#request(memberId, { epoch: 1, atMs, types: [accept] })
    this.deliveries.arrived(request)
    this.deliveries.answered(request, { ...this.#answer(atMs), errorCode })
  }

  /** Says what becomes of it, and hears nothing. */
  saysInVain(memberId: string, { type, atMs }: { type: number; atMs: number }): void {
    this.#ask(memberId, { atMs, types: [type] })
  }

  /** A fetch that is not answered. */
  asksInVain(memberId: string, { atMs }: { atMs: number }): void {
    this.#ask(memberId, { atMs, types: [] })
  }

  beats(memberId: string, { atMs, goesOn = true }: { atMs: number; goesOn?: boolean }): void {
    this.deliveries.beaten(memberId, { goesOn, arrivedMs: atMs })
  }

  closes(memberId: string): void {
    const connection = this.#connections.get(memberId)
    if (connection !== undefined) this.deliveries.closed(connection)
    this.#connections.delete(memberId)
    this.#epochs.delete(memberId)
  }

  brokerDies(): void {
    this.#connections.clear()
    this.#epochs.clear()
    this.deliveries.begins()
  }

  get isSettled(): boolean {
    return this.deliveries.isSettled(0, 7)
  }

  async failure(): Promise<string | undefined> {
    return this.world.run({ forMs: 0 }).then(
      () => undefined,
      (error: Error) => error.message.split(':')[0],
    )
  }

  #ask(memberId: string, { atMs, types }: { atMs: number; types: number[] }): ShareRequest {
    if (!this.#epochs.has(memberId)) {
      this.#epochs.set(memberId, 1)
      this.#connections.set(memberId, {})
      const opening = this.#request(memberId, { epoch: 0, atMs, types: [] })
      this.deliveries.arrived(opening)
      this.deliveries.answered(opening, this.#answer(atMs))
    }
    const epoch = this.#epochs.get(memberId) as number
    this.#epochs.set(memberId, epoch + 1)
    const request = this.#request(memberId, { epoch, atMs, types })
    this.deliveries.arrived(request)
    return request
  }

  #request(memberId: string, { epoch, atMs, types }: { epoch: number; atMs: number; types: number[] }): ShareRequest {
    const place = { topicId: 'id', partition: 0, firstOffset: 7, lastOffset: 7 }
    const said = types.length === 0 ? [] : [{ ...place, types }]
    const connection = this.#connections.get(memberId) ?? {}
    const isPrompt = types.length === 0
    return {
      clientId: memberId,
      groupId: 'g',
      memberId,
      epoch,
      isFetch: isPrompt,
      said,
      connection,
      arrivedMs: atMs,
      isPrompt,
    }
  }

  #answer(answeredMs: number, refusal = 0): ShareAnswer {
    return { errorCode: 0, refused: refusal === 0 ? new Map() : new Map([[0, refusal]]), acquired: [], answeredMs }
  }
}

function check(name: string, story: (group: Group) => void, expected: string | undefined): void {
  test(name, async () => {
    const group = new Group()
    story(group)
    assert.equal(await group.failure(), expected)
  })
}

describe('what may happen', () => {
  check(
    'a record is released, and goes to another',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.says('a', { type: release, atMs: 10 })
      group.gets('b', { count: 2, atMs: 20 })
    },
    undefined,
  )
  check(
    'a lock ends, and what its holder says is refused',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.gets('b', { count: 2, atMs: lockMs })
      group.says('a', { type: accept, atMs: 5000, refusal: errorCodes.INVALID_RECORD_STATE })
    },
    undefined,
  )
  check(
    'a session ends with its connection, and with it the lock',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.closes('a')
      group.gets('b', { count: 2, atMs: 20 })
    },
    undefined,
  )
  check(
    'a member falls silent, and is not in the group any more',
    group => {
      group.beats('a', { atMs: 0 })
      group.gets('a', { count: 1, atMs: 0 })
      group.gets('b', { count: 2, atMs: sessionMs })
    },
    undefined,
  )
  check(
    'a member leaves the group, and comes back',
    group => {
      group.beats('a', { atMs: 0 })
      group.gets('a', { count: 1, atMs: 0 })
      group.beats('a', { atMs: 10, goesOn: false })
      group.beats('a', { atMs: 20 })
      group.gets('b', { count: 2, atMs: 30 })
    },
    undefined,
  )
  check(
    'a count that nobody wrote down is forgotten with the broker',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.brokerDies()
      group.gets('b', { count: 1, atMs: 20 })
    },
    undefined,
  )
  check(
    'an old session is refused',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.saysLate('a', { atMs: 10, errorCode: errorCodes.INVALID_SHARE_SESSION_EPOCH })
    },
    undefined,
  )
})

describe('what must not', () => {
  check(
    'a record that is with a member goes to another',
    group => {
      group.beats('a', { atMs: 0 })
      group.beats('a', { atMs: 500 })
      group.gets('a', { count: 1, atMs: 0 })
      group.gets('b', { count: 2, atMs: lockMs - 1 })
    },
    'with two members at once',
  )
  check(
    'a lock that was renewed ends as if it had not been',
    group => {
      group.beats('a', { atMs: 0 })
      group.beats('a', { atMs: 700 })
      group.gets('a', { count: 1, atMs: 0 })
      group.says('a', { type: renew, atMs: 800 })
      group.gets('b', { count: 2, atMs: lockMs + 1 })
    },
    'with two members at once',
  )
  check(
    'a record comes back that was accepted',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.says('a', { type: accept, atMs: 10 })
      group.gets('b', { count: 2, atMs: 20 })
    },
    'delivered after it was done with',
  )
  check(
    'it does after the broker has died',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.says('a', { type: accept, atMs: 10 })
      group.brokerDies()
      group.gets('b', { count: 2, atMs: 0 })
    },
    'delivered after it was done with',
  )
  check(
    'a count falls that was written down',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.says('a', { type: release, atMs: 10 })
      group.brokerDies()
      group.gets('b', { count: 1, atMs: 0 })
    },
    'the delivery count fell',
  )
  check(
    'a count does not grow',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.closes('a')
      group.gets('b', { count: 1, atMs: 20 })
    },
    'the delivery count does not grow',
  )
  check('one delivery too many', group => group.gets('a', { count: countMax + 1, atMs: 0 }), 'delivered too often')
  check(
    'an acknowledgement is taken long after its lock',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.says('a', { type: accept, atMs: 5000 })
    },
    'a late acknowledgement was taken',
  )
  check(
    'one of a record that the member never had',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.says('b', { type: accept, atMs: 10 })
    },
    'a late acknowledgement was taken',
  )
  check(
    'an old session is let in',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.saysLate('a', { atMs: 10 })
    },
    'an old session was let in',
  )
  check(
    'an application is given what its member was not',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.deliveries.handedOut('b', { partition: 0, offset: 7, deliveryCount: 1 })
    },
    'handed out what the member was not given',
  )
  check(
    'a client takes for confirmed what is not',
    group => {
      group.gets('a', { count: 1, atMs: 0 })
      group.saysInVain('a', { type: accept, atMs: 10 })
      group.deliveries.confirmed('a', 0, 7)
    },
    'a takes 0@7 for done, and no broker has said so',
  )
})

test('a record is settled when it is done with, may be, or was delivered as often as it may be', () => {
  const accepted = new Group()
  accepted.gets('a', { count: 1, atMs: 0 })
  assert.equal(accepted.isSettled, false)
  accepted.says('a', { type: accept, atMs: 10 })
  assert.equal(accepted.isSettled, true)

  const unheard = new Group()
  unheard.gets('a', { count: 1, atMs: 0 })
  unheard.saysInVain('a', { type: accept, atMs: 10 })
  assert.equal(unheard.isSettled, true)

  const refused = new Group()
  refused.gets('a', { count: 1, atMs: 0 })
  refused.says('a', { type: accept, atMs: 10, refusal: errorCodes.INVALID_RECORD_STATE })
  assert.equal(refused.isSettled, false)

  const lost = new Group()
  lost.gets('a', { count: countMax - 1, atMs: 0 })
  lost.says('a', { type: release, atMs: 10 })
  lost.asksInVain('b', { atMs: 20 })
  assert.equal(lost.isSettled, false)
  lost.closes('b')
  assert.equal(lost.isSettled, true)

  const spent = new Group()
  spent.gets('a', { count: countMax, atMs: 0 })
  assert.equal(spent.isSettled, true)
})
