export type { Broker, BrokerOptions } from './broker.ts'
export * from './config/index.ts'
export { startBroker } from './start-broker.ts'
export type { TelemetryContext, TelemetryPayload, TelemetryReceiver } from './telemetry/receiver.ts'
