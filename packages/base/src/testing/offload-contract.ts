import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OffloadError } from '../errors.ts'
import type { Offload } from '../offload.ts'
import { failingTask, sumTask } from './offload-tasks.ts'

/** `within` runs the body in a world of its own that has this offload. */
export function offloadContract(within: (body: (offload: Offload) => Promise<void>) => Promise<void>): void {
  describe('offload', () => {
    test('runs tasks, more than there are threads, and leaves the input as it was', () =>
      within(async offload => {
        const inputs = Array.from({ length: 9 }, (_, index) => new Uint8Array([index, 1, 2]))
        const sums = await Promise.all(inputs.map(input => offload.run(sumTask, input)))
        assert.deepEqual(sums, [3, 4, 5, 6, 7, 8, 9, 10, 11])
        assert.equal(inputs[0]?.length, 3)
      }))

    test('an error comes back with its code and message, and the next task runs', () =>
      within(async offload => {
        await assert.rejects(
          offload.run(failingTask, { code: 'DORSALE_EXAMPLE' }),
          (error: unknown) =>
            error instanceof OffloadError && error.code === 'DORSALE_EXAMPLE' && error.message === 'as asked',
        )
        await assert.rejects(offload.run(failingTask, {}), { code: 'DORSALE_OFFLOAD', message: 'as asked' })
        assert.equal(await offload.run(sumTask, new Uint8Array([5])), 5)
      }))

    test('an input that cannot be copied rejects', () =>
      within(async offload => {
        const input = (() => {}) as unknown as Uint8Array
        await assert.rejects(offload.run(sumTask, input), { code: 'DORSALE_OFFLOAD' })
        assert.equal(await offload.run(sumTask, new Uint8Array([5])), 5)
      }))
  })
}
