import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { countOf, type Part, runParts, testFiles } from './suite.ts'

const root = new URL('..', import.meta.url)
const ending = (name: string, program: string): Part => ({ name, command: process.execPath, args: ['-e', program] })

async function partsOf(...parts: Part[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  const code = await runParts(parts, text => lines.push(...text.trimEnd().split('\n')))
  return { code, lines }
}

test('the two processes run the files of `npm run unit`, none of them twice', () => {
  const filesOf = (patterns: readonly string[]) => globSync([...patterns], { cwd: root }).sort()
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const all = filesOf([...scripts.unit.matchAll(/"([^"]+)"/g)].map(([, pattern]: string[]) => pattern!))
  assert.ok(all.length > 200)
  assert.deepEqual(Object.values(testFiles).flatMap(filesOf).sort(), all)
})

test('the exit code is that of the worst part, what failed is shown last, and counts are summed', async () => {
  const { code, lines } = await partsOf(
    ending('one', "console.log('\u2139 pass 2\\n\u2139 fail 1'); process.exit(1)"),
    ending('other', "console.log('\u2139 pass 3\\n\u2139 fail 0')"),
  )
  assert.equal(code, 1)
  assert.ok(lines.indexOf('== one') > lines.indexOf('== other'))
  assert.ok(lines.some(line => /^one: FAILED in \d+ s$/.test(line)))
  assert.deepEqual(lines.slice(-3, -1), ['\u2139 pass 5', '\u2139 fail 1'])
})

test('a part that says nothing of tests counts by its exit code, and so does one that cannot be run or is killed', async () => {
  assert.equal((await partsOf(ending('check', ''))).code, 0)
  assert.equal((await partsOf({ name: 'gone', command: '/nowhere', args: [] }, ending('check', ''))).code, 1)
  const { code, lines } = await partsOf(ending('killed', "process.kill(process.pid, 'SIGKILL')"))
  assert.equal(code, 1)
  assert.ok(lines.includes('ended by SIGKILL'))
})

test('of several summaries in what a run says the last is its own', () => {
  assert.equal(countOf('pass', '# pass 7\n\u2139 pass 12\nbypass 3\npass 4 of 5\n'), 12)
  assert.equal(countOf('fail', ''), 0)
})
