import { join } from 'node:path'
import type { Compression } from '../clients.ts'
import type { RecordLedger } from '../line-ledger.ts'
import type { Processes, Running } from '../processes.ts'
import type { DriverCommand } from './install.ts'

/** What a driver's `admin` reports, where its client can do it. */
export interface AdminFacts {
  readonly partitions?: number
  readonly retention?: string
  readonly altered?: string
  readonly grown?: number
  readonly groups?: readonly string[]
  readonly deleted?: boolean
}

/** One foreign client, asked through its driver: a program that takes a bootstrap server, a command and its options as JSON. */
export class ForeignDriver {
  readonly #processes: Processes
  readonly #command: DriverCommand
  readonly #bootstrap: string
  readonly #directory: string

  constructor(options: { processes: Processes; command: DriverCommand; bootstrap: string; directory: string }) {
    this.#processes = options.processes
    this.#command = options.command
    this.#bootstrap = options.bootstrap
    this.#directory = options.directory
  }

  /** Sends the lines of a file of `key:value`; ends when all are acknowledged. */
  startProducer(options: { topic: string; file: string; codec: Compression }): Running {
    const [command, args] = this.#line('produce', options)
    return this.#processes.start(command, args, { logFile: this.#logFile })
  }

  /** Reads `count` records from the beginning of every partition. */
  async consume(options: { topic: string; count: number }, ledger: RecordLedger): Promise<string> {
    const [command, args] = this.#line('consume', options)
    await this.#processes.run(command, args, { deadlineMs: 120_000, onStdout: chunk => ledger.write(chunk) })
    return ledger.end()
  }

  /** Joins a group, until its standard input ends. */
  startMember(
    options: { topic: string; group: string; sessionMs: number },
    onStdout: (chunk: Buffer) => void,
  ): Running {
    const [command, args] = this.#line('member', options)
    return this.#processes.start(command, args, { stdin: 'pipe', logFile: this.#logFile, onStdout })
  }

  async admin(topic: string): Promise<AdminFacts> {
    const [command, args] = this.#line('admin', { topic })
    return JSON.parse((await this.#processes.run(command, args, { deadlineMs: 60_000 })).stdout)
  }

  get #logFile(): string {
    return join(this.#directory, 'driver.log')
  }

  #line(name: string, options: object): [string, string[]] {
    const [command, ...args] = this.#command
    return [command, [...args, this.#bootstrap, name, JSON.stringify(options)]]
  }
}
