/**
 * The list of checks and its verdict. `interop/passing.json` names the checks that must pass; the list only grows. A check that is not on
 * it may fail: it is what KNOWN-GAPS.md waits for, and it joins the list on the day it passes.
 */
import { readFileSync } from 'node:fs'

type Outcome = 'passed' | 'failed' | 'waiting'

export class Checks {
  readonly #outcomes = new Map<string, Outcome>()
  readonly #mustPass: ReadonlySet<string>
  readonly #print: (line: string) => void

  constructor(mustPass: readonly string[], print: (line: string) => void) {
    this.#mustPass = new Set(mustPass)
    this.#print = print
  }

  /** Runs one check; a failure is printed and counted, not thrown. Answers whether it passed. */
  async run(name: string, body: () => Promise<string | undefined>): Promise<boolean> {
    if (this.#outcomes.has(name)) throw new Error(`two checks are called ${name}`)
    const start = performance.now()
    try {
      const note = await body()
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      this.#outcomes.set(name, 'passed')
      this.#print(`ok      ${name} (${seconds} s)${note === undefined ? '' : `: ${note}`}`)
      return true
    } catch (error) {
      const outcome = this.#mustPass.has(name) ? 'failed' : 'waiting'
      this.#outcomes.set(name, outcome)
      this.#print(`${outcome.padEnd(7)} ${name}: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }

  /** Counts; a check on the list that did not run has failed. Says which checks the list should gain. */
  verdict(): { passed: number; failed: number; waiting: number } {
    const count = { passed: 0, failed: 0, waiting: 0 }
    for (const outcome of this.#outcomes.values()) count[outcome]++
    for (const name of this.#mustPass) {
      if (this.#outcomes.has(name)) continue
      count.failed++
      this.#print(`failed  ${name}: did not run`)
    }
    const gained = [...this.#outcomes].filter(([name, outcome]) => outcome === 'passed' && !this.#mustPass.has(name))
    if (gained.length > 0) {
      this.#print(`passes and is not yet on the list interop/passing.json: ${gained.map(([name]) => name).join(', ')}`)
    }
    return count
  }
}

/** The checks that must pass. */
export function readPassingList(file: URL): string[] {
  const list: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!Array.isArray(list) || !list.every(name => typeof name === 'string')) {
    throw new Error(`${file.pathname} must be a list of names`)
  }
  return list
}
