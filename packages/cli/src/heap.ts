import { setFlagsFromString } from 'node:v8'

/**
 * Two flags of V8 13 (Node 24) and no other: one that V8 does not know is a complaint on standard error.
 *
 * The bytes of requests come and go without a full collection of the heap every 32 MB of them. V8 counts the memory behind buffers on its own and by default begins to mark the whole heap
 * whenever it has grown by a fixed amount, though nearly all of it is dead and a scavenge would free it. Counted in with the heap, it no longer does. Measured with 1 GB of
 * produces of 1 MB, before their memory was given back at once: 108 full collections became 46, of the broker's 2.1 CPU-seconds in user mode 0.7 went, peak memory rose from 207 to 268 MB.
 *
 * The young generation stays as large as a start has made it, some 8 MB, where V8 lets it grow to 48 when many connections are opened, and never gives back what it has grown by: 5,000
 * idle connections took 8.9 KB each, and take 5. Produces of 1 KB and 10 KB cost the same CPU with it and without.
 */
export function tuneHeap(): void {
  if (!process.versions.v8.startsWith('13.')) return
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  setFlagsFromString('--semi-space-growth-factor=1')
}
