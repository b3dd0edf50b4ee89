import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DorsaleError, sleep } from '@dorsale/base'
import type { Host } from './process.ts'
import { World } from './world.ts'

test('a killed process: its promises never settle, its callbacks are never called, its handles throw', async () => {
  const world = new World({ seed: 1 })
  const heard: string[] = []
  let host: Host | undefined
  const process = world.machine('m').spawn('p', async handles => {
    host = handles
    handles.clock.setTimer(10, () => heard.push('timer'))
    const file = handles.disk.openSync('/f', 'create')
    try {
      await file.write([Buffer.from('x')], 0)
      await sleep(handles.clock, 10)
      heard.push('settled')
    } finally {
      heard.push('finally')
    }
  })
  await world.run({ forMs: 5 })
  process.kill()
  await world.run({ forMs: 100 })
  assert.deepEqual(heard, [])
  assert.throws(() => host?.clock.now(), { name: 'ProcessDied' })
  assert.throws(() => host?.disk.statSync('/f'), { name: 'ProcessDied' })
  assert.throws(() => host?.net.connect({ host: 'm', port: 1 }, { onData() {}, onClose() {} }), { name: 'ProcessDied' })
})

test('a process can be killed at each of its calls, and the next life sees what that left', async () => {
  const seen = new Set<string>()
  for (let calls = 1; calls <= 8; calls++) {
    for (let seed = 1; seed <= 10; seed++) {
      const world = new World({ seed })
      const machine = world.machine('m')
      machine
        .spawn('writer', ({ disk }) => {
          const file = disk.openSync('/a', 'create')
          file.writeSync([Buffer.from('whole')], 0)
          file.syncSync()
          file.closeSync()
          disk.renameSync('/a', '/b')
        })
        .killAfter(calls)
      await world.run({ forMs: 10 })
      const names = machine.volume.root.names
      seen.add([...names].map(([name, node]) => `${name}:${'content' in node ? Buffer.from(node.content) : ''}`).join())
    }
  }
  for (const state of ['', 'a:', 'a:whole', 'b:whole']) assert.ok(seen.has(state), `never saw '${state}'`)
  // In the middle of the write.
  assert.ok(
    [...seen].some(state => /^a:w(h(o(l)?)?)?$/.test(state)),
    [...seen].join(' '),
  )
})

test('code of a dying process that catches everything stops all the same, and its rejections are nobody’s failure', async () => {
  const world = new World({ seed: 1 })
  const after: string[] = []
  const machine = world.machine('m')
  machine
    .spawn('stubborn', ({ disk }) => {
      const attempt = async (name: string): Promise<void> => {
        await null
        try {
          disk.makeDirectorySync(`/${name}`)
        } catch {
          disk.makeDirectorySync(`/${name}-again`)
          after.push(name)
        }
      }
      void attempt('a')
      void attempt('b')
      void attempt('c')
    })
    .killAfter(2)
  await world.run({ forMs: 10 })
  assert.deepEqual(after, [])
  assert.equal(machine.volume.find('/c'), undefined)
})

test('failures are found: an error at the top of a turn, an unheard rejection, a broken invariant, a wait in vain', async () => {
  const cases: [string, (world: World) => Promise<void> | void, RegExp][] = [
    [
      'throw',
      world => void world.machine('m').spawn('p', () => Promise.reject(new Error('main'))),
      /p: main failed: main/,
    ],
    [
      'timer',
      world =>
        void world.machine('m').spawn('p', ({ clock }) => {
          clock.setTimer(1, () => {
            throw new Error('late')
          })
        }),
      /p: timer threw: late/,
    ],
    [
      'rejection',
      world =>
        void world.machine('m').spawn('p', () => {
          void Promise.reject(new Error('unheard'))
        }),
      /nobody listened: unheard/,
    ],
    [
      'invariant',
      world => {
        world.always('time stands still', () => assert.ok(world.nowMs < 5, 'moved'))
        world.machine('m').spawn('p', ({ clock }) => sleep(clock, 50))
      },
      /time stands still: moved/,
    ],
  ]
  for (const [name, build, expected] of cases) {
    const world = new World({ seed: 7 })
    build(world)
    await assert.rejects(world.run({ forMs: 100 }), (error: Error) => expected.test(error.message), name)
  }
  await assert.rejects(
    new World({ seed: 7 }).runUntil('rain', () => false, { withinMs: 10 }),
    /not within 10 ms: rain/,
  )
})

test('a stopped process gets its events afterwards, in order, while others go on', async () => {
  const world = new World({ seed: 1 })
  const order: string[] = []
  const stopped = world.machine('m').spawn('stopped', ({ clock }) => {
    for (const delayMs of [10, 20, 30]) clock.setTimer(delayMs, () => order.push(`s${delayMs}`))
  })
  world.machine('m').spawn('other', ({ clock }) => {
    clock.setTimer(25, () => order.push('o25'))
  })
  await world.run({ forMs: 5 })
  stopped.pause(100)
  await world.run({ forMs: 200 })
  assert.deepEqual(order, ['o25', 's10', 's20', 's30'])
})

test('a blocking call on a slow disk moves the clock of its process, and holds up its next turn alone', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine('m')
  machine.diskFaults = { ...machine.diskFaults, slow: 1, slowMs: 1000 }
  let tookMs = 0
  let timerAtMs = 0
  let otherAtMs = 0
  machine.spawn('slow', ({ clock, disk }) => {
    const startMs = clock.monotonic()
    clock.setTimer(1, () => {
      timerAtMs = clock.monotonic()
    })
    disk.makeDirectorySync('/x')
    tookMs = clock.monotonic() - startMs
  })
  world.machine('n').spawn('other', ({ clock }) => {
    clock.setTimer(1, () => {
      otherAtMs = clock.monotonic()
    })
  })
  await world.run({ forMs: 5000 })
  assert.ok(tookMs > 1, `took ${tookMs}`)
  assert.ok(timerAtMs >= tookMs)
  assert.ok(otherAtMs < 3)
})

test('the wall clock jumps, the monotonic clock does not', async () => {
  const world = new World({ seed: 1 })
  const times: number[][] = []
  world.machine('m').spawn('p', async ({ clock }) => {
    times.push([clock.now(), clock.monotonic()])
    await sleep(clock, 100)
    times.push([clock.now(), clock.monotonic()])
  })
  await world.run({ forMs: 50 })
  world.machine('m').jumpClock(-3_600_000)
  await world.run({ forMs: 100 })
  const [[wall0, mono0], [wall1, mono1]] = times as [[number, number], [number, number]]
  assert.ok(wall1 < wall0 - 3_590_000)
  assert.ok(mono1 - mono0 >= 100 && mono1 - mono0 < 110)
})

test('exit ends a process from inside; a supervised one comes back; a machine crash ends all', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine('m')
  let lives = 0
  machine.keepRunning('p', host => {
    lives++
    if (lives < 3) host.exit(1)
  })
  await world.run({ forMs: 1000 })
  assert.equal(lives, 3)
  machine.crash()
  await world.run({ forMs: 1000 })
  assert.equal(lives, 4)
  assert.equal(world.counts.machineCrashes, 1)
})

test('a lock goes with the process that held it', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine('m')
  const got: boolean[] = []
  const first = machine.spawn('first', ({ disk }) => void got.push(disk.tryLockSync('/lock') !== undefined))
  await world.run({ forMs: 1 })
  machine.spawn('second', ({ disk }) => void got.push(disk.tryLockSync('/lock') !== undefined))
  await world.run({ forMs: 1 })
  first.kill()
  machine.spawn('third', ({ disk }) => void got.push(disk.tryLockSync('/lock') !== undefined))
  await world.run({ forMs: 1 })
  assert.deepEqual(got, [true, false, true])
})

test('a process that logs a bug and goes on has failed the run; one that logs an operating error has not', async () => {
  const run = (error: Error) => {
    const world = new World({ seed: 1 })
    world.machine('m').spawn('p', ({ logger }) => logger.warn('periodic work failed', { cause: error }))
    return world.run({ forMs: 10 })
  }
  await run(new DorsaleError('DORSALE_TEST', 'the world refused'))
  await assert.rejects(
    run(new TypeError('cannot read properties of undefined')),
    /p logged a bug: periodic work failed/,
  )
})
