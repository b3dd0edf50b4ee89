import assert from 'node:assert/strict'

/** One problem per line, so that a failing test reads as a list of things to mend. */
export function expectNone(problems: readonly string[]): void {
  assert.ok(problems.length === 0, `\n${problems.join('\n')}\n`)
}
