/** What a case of the bench is: something measured of one broker, on a fresh directory, alone. */
import type { RunningBroker } from '../interop/brokers.ts'
import type { LoadClients } from './clients.ts'
import type { Plan } from './plan.ts'
import type { Subject } from './subjects.ts'

/** One row of a case's table. */
export interface Figure {
  readonly label: string
  readonly value: number
  /** Digits after the point. */
  readonly digits: number
  /** The smaller one is the better one; undefined: neither is. */
  readonly lower?: boolean
}

export interface Case {
  /** For `--case`: letters, digits and dashes. */
  readonly name: string
  readonly title: (plan: Plan) => string
  /** Left out unless it is asked for by name: it takes an hour, or more than a machine may have. */
  readonly onlyByName?: boolean
  readonly run: (subject: Subject, bench: Bench) => Promise<readonly Figure[]>
}

export interface Bench {
  readonly clients: LoadClients
  readonly port: number
  readonly plan: Plan
  /** Of the run; clients leave their logs there. */
  readonly directory: string
  readonly print: (line: string) => void
}

/** Runs `body` on a broker that is killed afterwards, whatever happened. */
export async function withBroker<Result>(running: RunningBroker, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body()
  } finally {
    await running.kill()
  }
}
