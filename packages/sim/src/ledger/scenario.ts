import { randomBelow, randomUnit, type Socket, seededPrng, type Timer } from '@dorsale/base'
import type { Plan, Scenario } from '../scenario.ts'
import { type FaultScope, healAll, planFaults } from '../world/faults.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { type LedgerRecord, ledgerPort, type Mistake, recover, runLedger } from './server.ts'

export interface LedgerPlan extends Plan {
  clientCount: number
  numbersPerClient: number
}

const durationMs = 5000
const openFilesMax = 8
const patienceMs = 4

/**
 * Clients that each send 1, 2, 3... and again what was not answered. What must hold: what was answered is in the log after the power has
 * failed once more; each client's numbers are there once and in order; the server keeps few descriptors; and when the world is well
 * again everybody finishes. `focus` narrows the faults.
 */
export function ledgerScenario(mistake?: Mistake, focus: Partial<FaultScope> = {}): Scenario<LedgerPlan> {
  return {
    name: mistake === undefined ? 'ledger' : `ledger (${mistake})`,

    plan(seed) {
      const prng = seededPrng(seed, 'plan')
      return {
        seed,
        clientCount: 1 + randomBelow(prng, 3),
        numbersPerClient: 5 + randomBelow(prng, 40),
        faults: planFaults(prng, {
          durationMs,
          kinds: [
            'kill',
            'kill-at-call',
            'power-loss',
            'power-loss-at-call',
            'stop',
            'clock-jump',
            'partition',
            'cut',
            'silence',
            'disk',
            'full-disk',
            'write-back',
          ],
          countMax: 30,
          processes: ['ledger'],
          machines: ['server'],
          network: ['server', 'clients'],
          diskFaults: ['writeError', 'shortWrite', 'syncError', 'readError', 'slow'],
          ...focus,
        }),
      }
    },

    async run(world, plan) {
      const server = world.machine('server', { diskBytes: 1e6 })
      const service = server.keepRunning('ledger', host => guarded(host, mistake), { restartAfterMs: 20 })
      const clients = Array.from({ length: plan.clientCount }, (_, index) => new LedgerClient(index + 1, plan))
      for (const client of clients) world.machine('clients').spawn(`client ${client.id}`, host => client.run(host))

      world.always('few descriptors', () => {
        for (const process of server.processes) {
          if (process.openFileCount > openFilesMax) throw new Error(`${process.name} has ${process.openFileCount} open`)
        }
      })
      await world.run({ forMs: durationMs })
      healAll(world)
      await world.runUntil('all clients are answered', () => clients.every(client => client.done), {
        withinMs: 300_000,
      })

      service.stop()
      server.crash()
      const records = await readBack(world, mistake)
      judge(clients, records)
    },

    *smaller(plan) {
      if (plan.clientCount > 1) yield { ...plan, clientCount: 1 }
      const fewer = Math.floor(plan.numbersPerClient / 2)
      if (fewer > 0) yield { ...plan, numbersPerClient: fewer }
      if (plan.numbersPerClient > 1) yield { ...plan, numbersPerClient: plan.numbersPerClient - 1 }
    },
  }
}

/** The server's own answer to a disk that fails while it starts is to end, and be started again. */
async function guarded(host: Host, mistake: Mistake | undefined): Promise<void> {
  try {
    await runLedger(host, mistake)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'DiskError') throw error
    host.logger.error('cannot start', { error })
    host.exit(1)
  }
}

async function readBack(world: World, mistake: Mistake | undefined): Promise<LedgerRecord[]> {
  let records: LedgerRecord[] | undefined
  world.machine('server').spawn('reader', ({ disk }) => {
    records = recover(disk, mistake === 'checksum not checked' ? mistake : undefined).records
  })
  await world.runUntil('the log is read', () => records !== undefined, { withinMs: 10_000 })
  return records ?? []
}

function judge(clients: readonly LedgerClient[], records: readonly LedgerRecord[]): void {
  for (const client of clients) {
    const numbers = records.filter(record => record.client === client.id).map(record => record.number)
    const present = new Set(numbers)
    for (const number of client.answered) {
      if (!present.has(number)) throw new Error(`lost: client ${client.id} was told ok ${number}`)
    }
    if (present.size < numbers.length) throw new Error(`duplicate: client ${client.id} has ${numbers.join(' ')}`)
    numbers.forEach((number, index) => {
      if (index > 0 && number <= (numbers[index - 1] as number)) {
        throw new Error(`disorder: client ${client.id} has ${numbers.join(' ')}`)
      }
    })
  }
  const known = records.every(record => clients.some(client => client.id === record.client))
  if (!known) throw new Error('invented: a record that nobody sent')
}

/** Sends its numbers in order, a few ahead of the answers; a connection that fails or is silent is replaced. */
class LedgerClient {
  readonly id: number
  readonly answered = new Set<number>()
  readonly #count: number
  #socket: Socket | undefined
  #next = 1
  #timer: Timer | undefined

  constructor(id: number, plan: LedgerPlan) {
    this.id = id
    this.#count = plan.numbersPerClient
  }

  get done(): boolean {
    return this.answered.size === this.#count
  }

  run(host: Host): void {
    let rest = ''
    this.#next = this.answered.size + 1
    const retry = (): void => {
      this.#timer?.cancel()
      this.#timer = undefined
      if (!this.done) host.clock.setTimer(20, () => this.run(host))
    }
    const socket = host.net.connect(
      { host: 'server', port: ledgerPort },
      {
        onConnect: () => this.#send(host, socket),
        onData: chunk => {
          const lines = (rest + Buffer.from(chunk)).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) this.answered.add(Number(line.slice('ok '.length)))
          this.#send(host, socket)
          if (this.done) socket.end()
        },
        onClose: retry,
      },
    )
    this.#socket = socket
    this.#timer = host.clock.setTimer(2000, () => socket.destroy())
  }

  /** Sends what may be under way, in bursts spread over the run; again what is not answered soon; and then gives the connection up. */
  #send(host: Host, socket: Socket): void {
    host.clock.setTimer((randomUnit(host.prng) * 2 * durationMs) / this.#count, () => {
      if (socket !== this.#socket) return
      while (this.#next <= this.#count && this.#next <= this.answered.size + 4) this.#write(socket, this.#next++)
    })
    this.#timer?.cancel()
    this.#timer = host.clock.setTimer(patienceMs, () => {
      for (let number = this.answered.size + 1; number < this.#next; number++) this.#write(socket, number)
      this.#timer = host.clock.setTimer((2 * durationMs) / this.#count + 500, () => socket.destroy())
    })
  }

  #write(socket: Socket, number: number): void {
    socket.write([Buffer.from(`${this.id} ${number}\n`)])
  }
}
