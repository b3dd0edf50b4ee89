import type { Running } from '../processes.ts'

/** What one member of a group says: which partitions it has been given, and the records it reads. */
export class GroupMember {
  assigned: readonly number[] = []
  /** Numbers of the lines it has read. */
  readonly lines: number[] = []
  readonly #running: Running
  #partial = ''

  constructor(start: (onStdout: (chunk: Buffer) => void) => Running) {
    this.#running = start(chunk => this.#hear(chunk))
  }

  get outcome(): number | string | undefined {
    return this.#running.outcome
  }

  /** Leaves in order; answers how it ended. */
  leave(): Promise<number | string> {
    this.#running.child.stdin?.end()
    return this.#running.ended
  }

  kill(): Promise<number | string> {
    this.#running.child.kill('SIGKILL')
    return this.#running.ended
  }

  #hear(chunk: Buffer): void {
    const lines = (this.#partial + chunk.toString('latin1')).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('=assigned')) {
        const list = line.slice('=assigned'.length).trim()
        this.assigned = list === '' ? [] : list.split(',').map(Number)
      } else this.lines.push(Number(line.split('\t')[2]))
    }
  }
}
