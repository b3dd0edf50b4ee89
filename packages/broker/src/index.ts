export * from './config/index.ts'
export { type Broker, type BrokerOptions, startBroker } from './start-broker.ts'
