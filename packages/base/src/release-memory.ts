/**
 * Gives memory back at once, instead of when the collector comes by: every view of it is empty from then on, so whoever calls this owns it and is the last to look. V8 counts memory behind buffers
 * and collects the whole heap for it, and what the collector gives back late is fresh, unmapped memory to whoever asks meanwhile: joining 4 GB of chunks of 64 KB into frames of 1 MB
 * took 0.15 CPU-seconds with it and 0.67 without, resident memory 105 MB and 420 (Node 24).
 */
export function releaseMemory(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
