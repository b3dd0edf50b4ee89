/** What must not stay behind: unfinished marks, skipped tests, overgrown files, traces of somebody's machine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectNone } from './problems.ts'
import { readRepository } from './repository.ts'
import { lineCountDebts, lineCountMax } from './rules.ts'

const repository = readRepository()
const here = 'tools/tidy/leftovers.test.ts'

test('no unfinished marks', () => {
  expectNone(linesOfSources(/\b(FIXME|TODO|XXX|HACK)\b/, 'text'))
})

test('no skipped and no exclusive tests', () => {
  expectNone(linesOfSources(/\b(it|test|describe)\.(skip|only|todo)\b|\b(skip|only|todo): true\b/, 'codeOnly'))
})

test('no overgrown files, and no debt that has been paid', () => {
  const problems: string[] = []
  for (const { path, text } of repository.sources.values()) {
    const lineCount = text.split('\n').length - 1
    const debt = lineCountDebts[path]
    const bound = debt ?? lineCountMax
    if (lineCount > bound)
      problems.push(`${path}: ${lineCount} lines, more than ${bound}: find the seam that has a name`)
    if (debt !== undefined && lineCount < debt) problems.push(`${path}: lower its debt from ${debt} to ${lineCount}`)
  }
  for (const path of Object.keys(lineCountDebts)) {
    if (!repository.sources.has(path)) problems.push(`${path}: is gone, and so is its debt`)
  }
  expectNone(problems)
})

test("no path of anybody's machine", () => {
  // Kafka's own default for log.dirs is the exception.
  const machine = /(?<![\w.])\/(home|root|Users|work|farm|opt|tmp)\/(?!kafka-logs)\w/
  const problems: string[] = []
  for (const path of textFiles()) {
    if (path === here || path === 'package-lock.json') continue
    repository
      .read(path)
      .split('\n')
      .forEach((line, index) => {
        if (machine.test(line)) problems.push(`${path}:${index + 1}: ${line.trim().slice(0, 100)}`)
      })
  }
  expectNone(problems)
})

test('the lock file names no registry', () => {
  assert.doesNotMatch(repository.read('package-lock.json'), /"resolved": "(?!packages\/)/)
})

function linesOfSources(pattern: RegExp, view: 'text' | 'codeOnly'): string[] {
  const found: string[] = []
  for (const file of repository.sources.values()) {
    if (file.path === here) continue
    file[view].split('\n').forEach((line, index) => {
      if (pattern.test(line)) found.push(`${file.path}:${index + 1}: ${line.trim().slice(0, 100)}`)
    })
  }
  return found
}

function textFiles(): string[] {
  return repository.paths.filter(path =>
    /\.(ts|md|json|ya?ml|xml|properties|sh|java|html|css)$|(^|\/)\.?\w+$/.test(path),
  )
}
