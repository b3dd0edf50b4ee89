/** Values and bytes of Kafka's messages, sound and damaged, for the tests of packages that speak them. */
export * from './damaged-batch.ts'
export * from './sample.ts'
