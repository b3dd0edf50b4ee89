/** Runs Kafka's own message classes beside us: compiles `GoldenHarness.java` against a directory of jars and talks to it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What Kafka made of a message: its own bytes for it, and its own JSON. */
export interface Verdict {
  hex: string
  json: string
}

/** Kafka refused. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
}

export class Harness {
  readonly #directory = mkdtempSync(join(tmpdir(), 'dorsale-golden-'))
  readonly #process: ChildProcess
  readonly #waiting: { resolve(verdict: Verdict): void; reject(error: Error): void }[] = []
  /** Index of the first entry of `#waiting` that has no answer yet. */
  #answered = 0

  constructor(jarDirectory: string) {
    const jars = join(jarDirectory, '*')
    execFileSync('javac', ['-cp', jars, '-d', this.#directory, join(import.meta.dirname, 'GoldenHarness.java')])
    const classPath = `${this.#directory}:${jars}`
    this.#process = spawn('java', ['-Xmx512m', '-cp', classPath, 'GoldenHarness'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    createInterface({ input: this.#process.stdout! }).on('line', line => this.#take(line))
    this.#process.on('exit', () => this.#fail())
  }

  /** JSON as Kafka's converter reads it, to Kafka's bytes. */
  encode(name: string, version: number, json: string): Promise<Verdict> {
    return this.#ask(`encode\t${name}\t${version}\t${json}`)
  }

  /** Bytes to what Kafka reads in them. */
  decode(name: string, version: number, hex: string): Promise<Verdict> {
    return this.#ask(`decode\t${name}\t${version}\t${hex}`)
  }

  /** A message as Kafka makes it when nothing has been set. */
  fresh(name: string, version: number): Promise<Verdict> {
    return this.#ask(`fresh\t${name}\t${version}`)
  }

  /** Kafka's tables of errors and of APIs, as JSON. */
  async facts(): Promise<{ errors: object[]; apis: object[] }> {
    return JSON.parse((await this.#ask('facts')).json)
  }

  /** Ends the process. */
  close(): void {
    this.#process.stdin!.end()
    rmSync(this.#directory, { recursive: true })
  }

  #ask(line: string): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#process.stdin!.write(`${line}\n`)
    })
  }

  #take(line: string): void {
    const [kind, first, second] = line.split('\t')
    const { resolve, reject } = this.#waiting[this.#answered++]!
    if (this.#answered === this.#waiting.length) {
      this.#waiting.length = 0
      this.#answered = 0
    }
    if (kind === 'ok') resolve({ hex: first!, json: second! })
    else reject(new HarnessError(first))
  }

  #fail(): void {
    for (const { reject } of this.#waiting.slice(this.#answered)) reject(new Error('the Java process has ended'))
  }
}

/** The directory of Kafka's jars: the first argument, else `DORSALE_KAFKA_JARS`. */
export function jarDirectory(): string {
  const directory = process.argv[2] ?? process.env.DORSALE_KAFKA_JARS
  if (directory === undefined)
    throw new Error('name a directory with the jars of Kafka, as argument or in DORSALE_KAFKA_JARS')
  return directory
}
