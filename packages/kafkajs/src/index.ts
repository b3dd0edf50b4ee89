/** kafkajs's API on Dorsale's client: an application for kafkajs changes the name that it imports from. */
export { CompressionCodecs } from './compression.ts'
export { AssignerProtocol } from './consumer/assigner-protocol.ts'
export { PartitionAssigners } from './consumer/round-robin.ts'
export * from './enums.ts'
export * from './errors.ts'
export { Kafka } from './kafka.ts'
export { Partitioners } from './producer/partitioners.ts'
export type * from './types.ts'
