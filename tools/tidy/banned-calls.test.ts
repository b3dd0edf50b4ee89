// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is scanned here

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectNone } from './problems.ts'
import { readRepository } from './repository.ts'
import { adapters, bannedCalls, bannedModules, harmlessNames } from './rules.ts'
import { scan } from './scan.ts'

const repository = readRepository()

test('time, chance, disk, network and threads are handed in', () => {
  const problems: string[] = []
  for (const file of repository.sources.values()) {
    if (adapters.some(adapter => adapter.test(file.path))) continue
    for (const { specifier, names, typeOnly, line } of file.imports) {
      const instead = bannedModules[specifier]
      const isHarmless = typeOnly || names.every(name => harmlessNames[specifier]?.includes(name))
      if (instead !== undefined && !isHarmless) problems.push(`${file.path}:${line}: ${specifier}: take ${instead}`)
    }
    for (const [call, instead, line] of findBannedCalls(file.codeOnly)) {
      problems.push(`${file.path}:${line}: ${call}: take ${instead}`)
    }
  }
  expectNone(problems)
})

test('a banned call is seen in code, and only there', () => {
  const cases: [source: string, found: string][] = [
    ['const t = Date.now()', 'Date.now'],
    ['const t = new Date()', 'new Date()'],
    ['const t = new Date(0)', ''],
    ['// Date.now() would lie', ''],
    ["throw new Error('Math.random() is not allowed')", ''],
    ['setTimeout(f, 1)', 'setTimeout('],
    ['clock.setTimer(1, f)', ''],
    ['subprocess.kill()', ''],
    ['const home = process.env.HOME', 'process.env'],
    ['zlib.gzipSync(bytes)', ''],
    ['zlib.gzip(bytes, done)', 'zlib.gzip('],
    ['`${Math.random()}`', 'Math.random'],
  ]
  for (const [source, found] of cases) {
    assert.equal(
      findBannedCalls(scan(source).codeOnly)
        .map(([call]) => call)
        .join(),
      found,
      source,
    )
  }
})

function findBannedCalls(code: string): [call: string, instead: string, line: number][] {
  return bannedCalls.flatMap(({ pattern, instead }) =>
    [...code.matchAll(new RegExp(pattern, 'g'))].map(
      match => [match[0], instead, code.slice(0, match.index).split('\n').length] as [string, string, number],
    ),
  )
}
