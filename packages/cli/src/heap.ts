import { setFlagsFromString } from 'node:v8'

/**
 * Lets the bytes of requests come and go without a full collection of the heap every 32 MB of them.
 *
 * V8 counts the memory behind buffers on its own and by default begins to mark the whole heap whenever it has grown by a fixed amount, though
 * nearly all of it is dead and a scavenge would free it. Counted in with the heap, it no longer does. Measured with 1 GB of
 * produces of 1 MB: 108 full collections become 46, of the broker's 2.1 CPU-seconds in user mode 0.7 go, peak memory rises from 207 to 268 MB.
 *
 * A flag of V8 13 (Node 24) and no other: one that V8 does not know is a complaint on standard error.
 */
export function tuneHeap(): void {
  if (process.versions.v8.startsWith('13.')) setFlagsFromString('--external-memory-accounted-in-global-limit')
}
