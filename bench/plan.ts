/** How much of everything: the whole bench, and the short form that shows whether it works. */
export interface Plan {
  /** How often the start is measured. */
  readonly starts: number
  readonly sizes: readonly { readonly size: number; readonly records: number }[]
  readonly compressions: readonly ('none' | 'lz4')[]
  readonly warmUpRecords: number
  /** A steady rate at which latency is measured. */
  readonly latency: { readonly size: number; readonly rate: number; readonly records: number }
  /** Data on the disk when a broker is killed and started again. */
  readonly restartGb: number
  /** What a consumer reads cold, while a producer keeps the rate of `latency`. */
  readonly catchUpGb: number
  /** Every record is on the platter before it is acknowledged. */
  readonly flush: { readonly size: number; readonly records: number; readonly rate: number }
  readonly partitions: { readonly topics: number; readonly perTopic: number }
  readonly connections: number
  readonly soakMinutes: number
}

export const fullPlan: Plan = {
  starts: 5,
  sizes: [
    { size: 100, records: 4_000_000 },
    { size: 1000, records: 1_000_000 },
    { size: 10_000, records: 150_000 },
  ],
  compressions: ['none', 'lz4'],
  warmUpRecords: 500_000,
  latency: { size: 1000, rate: 10_000, records: 150_000 },
  restartGb: 10,
  catchUpGb: 3,
  flush: { size: 1000, records: 30_000, rate: 500 },
  partitions: { topics: 100, perTopic: 100 },
  connections: 5000,
  soakMinutes: 60,
}

export const quickPlan: Plan = {
  starts: 2,
  sizes: [
    { size: 100, records: 500_000 },
    { size: 1000, records: 200_000 },
    { size: 10_000, records: 20_000 },
  ],
  compressions: ['none', 'lz4'],
  warmUpRecords: 100_000,
  latency: { size: 1000, rate: 10_000, records: 30_000 },
  restartGb: 0.3,
  catchUpGb: 0.3,
  flush: { size: 1000, records: 2000, rate: 200 },
  partitions: { topics: 10, perTopic: 50 },
  connections: 500,
  soakMinutes: 1,
}
