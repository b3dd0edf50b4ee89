import type { ConfigResource } from '../metadata/image.ts'

/**
 * What the controller must know about configuration keys. Handed in by the broker, whose tables define them; the controller itself
 * knows no key but those it decides by (`min.insync.replicas`, `unclean.leader.election.enable`).
 */
export interface ConfigTable {
  /**
   * Throws a `ProtocolError` (INVALID_CONFIG, INVALID_REQUEST) with Kafka's sentence when the resource as a whole, with these
   * dynamic values, would be invalid: unknown key, bad value, broken relation between keys.
   */
  validate(resource: ConfigResource, configs: ReadonlyMap<string, string>): void
  /** Whether APPEND and SUBTRACT make sense for the key. */
  isList(resource: ConfigResource, key: string): boolean
  /** The value in force when the resource itself says nothing (its static or built-in default). Undefined: unknown key. */
  defaultValue(resource: ConfigResource, key: string): string | null | undefined
  /** Every key of a topic as CreateTopics reports it, given what the topic overrides and the cluster's dynamic broker defaults. */
  effectiveTopicConfigs(
    overrides: ReadonlyMap<string, string>,
    clusterDefaults: ReadonlyMap<string, string>,
  ): EffectiveConfig[]
}

export interface EffectiveConfig {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  /** Kafka's number of the source: 1 topic, 2 dynamic broker, 3 dynamic default broker, 4 static broker, 5 default. */
  readonly configSource: number
  readonly isSensitive: boolean
}
