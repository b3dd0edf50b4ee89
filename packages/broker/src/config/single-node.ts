import { formatEndpoint } from './listeners.ts'

/** Where a broker without a configuration file listens and keeps its data. */
export interface SingleNodeOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 9092; 0 takes a free one. */
  readonly port?: number
  readonly dataDirectory: string
}

/**
 * The settings of a broker without a configuration file: those of the single-node `server.properties` that Kafka ships (one replica for the
 * internal topics, no initial rebalance delay), on loopback. They are static broker settings like any others.
 *
 * Kafka's file advertises `localhost`; here nothing is advertised, and clients are told the address that they came to.
 */
export function singleNodeSettings({
  host = '127.0.0.1',
  port = 9092,
  dataDirectory,
}: SingleNodeOptions): Map<string, string> {
  const controller = { listenerName: 'CONTROLLER', host, port: controllerPort(port) }
  return new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', '1'],
    ['controller.quorum.bootstrap.servers', formatEndpoint(controller).replace('CONTROLLER://', '')],
    ['listeners', `${formatEndpoint({ listenerName: 'PLAINTEXT', host, port })},${formatEndpoint(controller)}`],
    ['inter.broker.listener.name', 'PLAINTEXT'],
    ['controller.listener.names', 'CONTROLLER'],
    [
      'listener.security.protocol.map',
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    ],
    ['log.dirs', `${dataDirectory}/log`],
    ['offsets.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.min.isr', '1'],
    ['transaction.state.log.replication.factor', '1'],
    ['transaction.state.log.min.isr', '1'],
    ['group.initial.rebalance.delay.ms', '0'],
  ])
}

/** The port after the clients', as in Kafka's file (9092, 9093). The controller lives in this process: the port is a name, not a socket. */
function controllerPort(port: number): number {
  if (port === 0) return 9093
  return port === 65535 ? port - 1 : port + 1
}
