/** `dorsale/kafkajs`: the API of kafkajs, for whoever has installed `dorsale` alone. */
export * from '@dorsale/kafkajs'
