import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stalePages } from './pages.ts'

test('the pages of the command line are what the tree of commands says: npm run cli:pages', async () => {
  assert.deepEqual(await stalePages(), [])
})
