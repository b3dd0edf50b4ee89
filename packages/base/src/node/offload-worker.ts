import { parentPort } from 'node:worker_threads'
import { assert } from '../assert.ts'
import type { OffloadTask } from '../offload.ts'

/** The other end of `node-offload.ts`: finds the task by its module and name, runs it, answers. One at a time. */
export interface OffloadRequest {
  url: string
  name: string
  input: unknown
}

/** Errors lose their class on the way, so only what survives is sent. */
export type OffloadReply = { output: unknown } | { code: string | undefined; message: string }

assert(parentPort !== null, 'this module runs in a worker thread')
const port = parentPort

port.on('message', async (request: OffloadRequest) => {
  try {
    const module: Record<string, OffloadTask<unknown, unknown> | undefined> = await import(request.url)
    const task = module[request.name]
    assert(task !== undefined, `${request.url} exports ${request.name}`)
    port.postMessage({ output: task.run(request.input) } satisfies OffloadReply)
  } catch (error) {
    port.postMessage(replyOf(error) satisfies OffloadReply)
  }
})

function replyOf(error: unknown): OffloadReply {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) }
  return { code: 'code' in error ? String(error.code) : undefined, message: error.message }
}
