import { createRequire } from 'node:module'
import type * as workerThreads from 'node:worker_threads'
import { OffloadError } from '../errors.ts'
import { lazily } from '../lazily.ts'
import type { Offload, OffloadTask } from '../offload.ts'
import { Queue } from '../queue.ts'
import type { OffloadReply, OffloadRequest } from './offload-worker.ts'

/** An Offload over worker threads, and the end of them. */
export interface NodeOffload extends Offload {
  /** Stops the threads; what has not finished rejects. */
  close(): Promise<void>
}

/**
 * Worker threads that start when work finds none idle (28 ms and 21 MB each) and then stay. They keep the process alive only while they work. The
 * queue before them has no bound: callers hold one buffer for each task they wait for, and bound those.
 */
export function nodeOffload({ threads }: { threads: number }): NodeOffload {
  return new WorkerPool(threads)
}

interface Job {
  request: OffloadRequest
  resolve(output: unknown): void
  reject(error: Error): void
}

interface PoolThread {
  worker: workerThreads.Worker
  job: Job | undefined
}

class WorkerPool implements NodeOffload {
  readonly #threadsMax: number
  readonly #threads = new Set<PoolThread>()
  readonly #waiting = new Queue<Job>()
  #closed = false

  constructor(threadsMax: number) {
    this.#threadsMax = threadsMax
  }

  run<Input, Output>(task: OffloadTask<Input, Output>, input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new OffloadError('DORSALE_OFFLOAD', `cannot run ${task.name}: the pool is closed`)
      const request = { url: task.url, name: task.name, input }
      this.#waiting.push({ request, resolve: output => resolve(output as Output), reject })
      this.#resume()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      job.reject(new OffloadError('DORSALE_OFFLOAD', `${job.request.name} was not run: the pool is closed`))
    }
    await Promise.all([...this.#threads].map(thread => thread.worker.terminate()))
  }

  /** Gives waiting jobs to idle threads, and starts threads while there are fewer than allowed. */
  #resume(): void {
    while (this.#waiting.length > 0) {
      const idle = [...this.#threads].find(thread => thread.job === undefined) ?? this.#start()
      const job = idle && this.#waiting.shift()
      if (job === undefined) return
      this.#give(idle as PoolThread, job)
    }
  }

  #give(thread: PoolThread, job: Job): void {
    thread.job = job
    thread.worker.ref()
    try {
      thread.worker.postMessage(job.request)
    } catch (error) {
      // An input that cannot be cloned.
      this.#settle(thread)?.reject(
        new OffloadError('DORSALE_OFFLOAD', `cannot send its input to ${job.request.name}`, { cause: error }),
      )
    }
  }

  #start(): PoolThread | undefined {
    if (this.#closed || this.#threads.size === this.#threadsMax) return undefined
    const thread: PoolThread = { worker: new (threads().Worker)(workerUrl), job: undefined }
    this.#threads.add(thread)
    thread.worker.on('message', (reply: OffloadReply) => {
      const job = this.#settle(thread)
      if ('output' in reply) job?.resolve(reply.output)
      else job?.reject(new OffloadError(reply.code ?? 'DORSALE_OFFLOAD', reply.message))
      this.#resume()
    })
    thread.worker.on('error', error => this.#bury(thread, error))
    thread.worker.on('exit', () => this.#bury(thread))
    return thread
  }

  #settle(thread: PoolThread): Job | undefined {
    const job = thread.job
    thread.job = undefined
    thread.worker.unref()
    return job
  }

  /** A thread has died (out of memory, or by `close`): its job fails, the others go on. */
  #bury(thread: PoolThread, cause?: unknown): void {
    if (!this.#threads.delete(thread)) return
    const name = thread.job?.request.name
    this.#settle(thread)?.reject(new OffloadError('DORSALE_OFFLOAD', `the thread that ran ${name} died`, { cause }))
    this.#resume()
  }
}

/** Loaded with the first thread. */
const threads = lazily((): typeof workerThreads => createRequire(import.meta.url)('node:worker_threads'))

/** Beside this module under its own extension: `.ts` in the repository, `.js` in the published package. */
const workerUrl = new URL(`./offload-worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
