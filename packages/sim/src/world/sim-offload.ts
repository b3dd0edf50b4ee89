import { type Offload, OffloadError, type OffloadTask, randomUnit } from '@dorsale/base'
import type { Process } from './process.ts'

/** Work that finishes at a later moment, in any order; done in place when that moment comes, on a copy of its input. */
export function simOffload(process: Process): Offload {
  const { world, prng } = process.machine
  return {
    run: <Input, Output>(task: OffloadTask<Input, Output>, input: Input): Promise<Output> =>
      process.operation(
        () =>
          new Promise((resolve, reject) => {
            const copy = copied(input, `cannot send its input to ${task.name}`)
            world.schedule(randomUnit(prng) * 5, process, `offload ${task.name}`, () => {
              try {
                resolve(copied(task.run(copy), `cannot send back the output of ${task.name}`))
              } catch (error) {
                reject(error instanceof OffloadError ? error : offloadErrorOf(error))
              }
            })
          }),
      ),
  }
}

function copied<T>(value: T, complaint: string): T {
  try {
    return structuredClone(value)
  } catch (error) {
    throw new OffloadError('DORSALE_OFFLOAD', complaint, { cause: error })
  }
}

function offloadErrorOf(error: unknown): OffloadError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'DORSALE_OFFLOAD'
  return new OffloadError(code, error instanceof Error ? error.message : String(error))
}
