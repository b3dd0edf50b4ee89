import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError, DorsaleError, NetError } from '@dorsale/base'
import { sentenceOf } from './failure.ts'

test("the system's refusals are said in words", () => {
  const cases: [error: DorsaleError, sentence: string][] = [
    [new DorsaleError('DORSALE_X', 'no such thing'), 'no such thing'],
    [
      new NetError('EADDRINUSE', 'cannot listen on 127.0.0.1:9092: EADDRINUSE'),
      'cannot listen on 127.0.0.1:9092: EADDRINUSE (address already in use)',
    ],
    [new DiskError('ENOTDIR', 'open', 'a/b'), 'cannot open a/b: ENOTDIR (not a directory)'],
    [new DiskError('EODD', 'open', 'a/b'), 'cannot open a/b: EODD'],
  ]
  for (const [error, sentence] of cases) assert.equal(sentenceOf(error), sentence)
})
