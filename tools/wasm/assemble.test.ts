import assert from 'node:assert/strict'
import { test } from 'node:test'
import { staleModules } from './assemble.ts'

test('the WebAssembly is what its text says: else run npm run wasm:assemble and commit what it wrote', async () => {
  assert.deepEqual(await staleModules(), [])
})
