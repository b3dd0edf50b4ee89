import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { errorCodes, type JoinGroupResponse, type SyncGroupResponse } from '@dorsale/protocol'
import { type Answer, GroupWorld } from '../../testing/group-world.ts'

/** A client as Kafka's are: it joins, syncs, sends heartbeats, and begins again when it is told to. */
class Client {
  memberId = ''
  generationId = -1
  assignment: string | undefined
  readonly #world: GroupWorld
  readonly #groupInstanceId: string | null
  #joining: Answer<JoinGroupResponse> | undefined
  #syncing: Answer<SyncGroupResponse> | undefined

  constructor(world: GroupWorld, groupInstanceId: string | null) {
    this.#world = world
    this.#groupInstanceId = groupInstanceId
  }

  get isStable(): boolean {
    return this.assignment !== undefined
  }

  /** Reacts to what was answered, or says something. */
  act(): void {
    if (this.#joining !== undefined) this.#onJoined(this.#joining)
    else if (this.#syncing !== undefined) this.#onSynced(this.#syncing)
    else if (this.isStable)
      this.#onError(this.#world.heartbeat(this.memberId, this.generationId, this.#groupInstanceId))
    else this.#joining = this.#world.join({ memberId: this.memberId, groupInstanceId: this.#groupInstanceId })
  }

  leave(): void {
    if (this.memberId === '') return
    this.#world.leave([{ memberId: this.memberId, groupInstanceId: this.#groupInstanceId }])
  }

  #onJoined(answer: Answer<JoinGroupResponse>): void {
    const { response, error } = answer
    if (response === undefined && error === undefined) return
    this.#joining = undefined
    const errorCode = error?.errorCode ?? response!.errorCode
    if (errorCode === errorCodes.MEMBER_ID_REQUIRED) this.memberId = response!.memberId
    else if (errorCode !== errorCodes.NONE) this.#onError(errorCode)
    else {
      const { memberId, generationId, leader, members } = response!
      this.memberId = memberId
      this.generationId = generationId
      const assignments = members.map((each, index) => ({
        memberId: each.memberId,
        assignment: Buffer.from(`p${index}`),
      }))
      this.#syncing = this.#world.sync({
        memberId,
        generationId,
        groupInstanceId: this.#groupInstanceId,
        assignments: leader === memberId ? assignments : [],
      })
    }
  }

  #onSynced(answer: Answer<SyncGroupResponse>): void {
    const { response, error } = answer
    if (response === undefined && error === undefined) return
    this.#syncing = undefined
    const errorCode = error?.errorCode ?? response!.errorCode
    if (errorCode === errorCodes.NONE) this.assignment = Buffer.from(response!.assignment).toString()
    else this.#onError(errorCode)
  }

  #onError(errorCode: number): void {
    if (errorCode === errorCodes.NONE) return
    this.assignment = undefined
    const keepsItsId = errorCode === errorCodes.REBALANCE_IN_PROGRESS || errorCode === errorCodes.NOT_COORDINATOR
    if (!keepsItsId) this.memberId = ''
    const known: readonly number[] = [
      errorCodes.REBALANCE_IN_PROGRESS,
      errorCodes.NOT_COORDINATOR,
      errorCodes.UNKNOWN_MEMBER_ID,
      errorCodes.ILLEGAL_GENERATION,
    ]
    assert.ok(known.includes(errorCode), `error ${errorCode} is none that a client of its own instance meets`)
  }
}

/** So many clients come, go, die and wake while the coordinator dies and comes back; then they are left in peace. */
function churn(seed: number): void {
  const prng = seededPrng(seed)
  const world = new GroupWorld({ seed, config: { initialRebalanceDelayMs: randomBelow(prng, 3) * 500 } })
  const clients: Client[] = []
  let born = 0
  for (let turn = 0; turn < 150; turn++) {
    const dice = randomBelow(prng, 100)
    if (dice < 12 && clients.length < 8) clients.push(new Client(world, dice < 4 ? `i${born++}` : null))
    else if (dice < 16) take(prng, clients)?.leave()
    // Dies without a word.
    else if (dice < 20) take(prng, clients)
    else if (dice < 23) world.restart()
    else if (dice < 60) clients[randomBelow(prng, Math.max(clients.length, 1))]?.act()
    else {
      for (const client of clients) client.act()
      world.clock.advance(randomBelow(prng, 3000))
    }
  }
  for (let turn = 0; turn < 200 && !atPeace(world, clients); turn++) {
    for (const client of clients) client.act()
    world.clock.advance(1000)
  }
  assert.ok(atPeace(world, clients), `seed ${seed}: ${world.describe()} of ${clients.length} clients`)
  const assignments = clients.map(({ assignment }) => assignment).sort()
  assert.deepEqual(assignments, clients.map((_, index) => `p${index}`).sort(), `seed ${seed}`)
  const before = world.describe()
  world.restart()
  assert.equal(world.describe(), before, `seed ${seed}: the log says what the group was`)
}

/** Everybody who lives is in the same generation, and nobody else is. */
function atPeace(world: GroupWorld, clients: readonly Client[]): boolean {
  const generations = new Set(clients.map(({ generationId }) => generationId))
  return (
    clients.every(({ isStable }) => isStable) &&
    generations.size <= 1 &&
    (clients.length === 0 ? /^(Empty|Dead) 0$/.test(world.describe()) : world.describe() === `Stable ${clients.length}`)
  )
}

function take(prng: Prng, clients: Client[]): Client | undefined {
  if (clients.length === 0) return undefined
  return clients.splice(randomBelow(prng, clients.length), 1)[0]
}

test('members that come, go and die, and a coordinator that dies, come to one generation, each with a part of its own', () => {
  for (let seed = 1; seed <= 150; seed++) churn(seed)
})
