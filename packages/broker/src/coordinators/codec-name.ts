import type { CodecName } from '@dorsale/protocol'

/** A codec by Kafka's number, as the settings of coordinators name it; the number is also that of the batch header. 0: no compression. */
export function codecName(id: number): CodecName | undefined {
  return codecNames[id]
}

const codecNames: readonly (CodecName | undefined)[] = [undefined, 'gzip', 'snappy', 'lz4', 'zstd']
