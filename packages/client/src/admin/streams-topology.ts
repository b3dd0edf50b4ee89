/** A topology of Kafka Streams in its own words (KIP-1331): what the application told the brokers of its nodes. */
import type { StreamsGroupDescribeResponse } from '@dorsale/protocol'

/** How a topology's own words fared. `NOT_STORED`: the brokers keep none, or the group has told none. */
export type StreamsTopologyDescriptionStatus = 'NOT_REQUESTED' | 'NOT_STORED' | 'ERROR' | 'AVAILABLE' | 'UNKNOWN'

/** A source, a processor or a sink of a topology. */
export interface StreamsTopologyNode {
  readonly name: string
  readonly type: 'SOURCE' | 'PROCESSOR' | 'SINK' | 'UNKNOWN'
  /** What a source reads; empty for others, and for a source that goes by a pattern. */
  readonly topics: readonly string[]
  /** What a sink writes to; undefined for others, and for a sink that decides for each record. */
  readonly topic: string | undefined
  /** The state stores of a processor; empty for others. */
  readonly stores: readonly string[]
  readonly successors: readonly string[]
  readonly predecessors: readonly string[]
}

/** What an application of Kafka Streams is made of, as its members have told it. */
export interface StreamsTopologyDescription {
  readonly subtopologies: readonly { readonly id: string; readonly nodes: readonly StreamsTopologyNode[] }[]
  /** Stores that every instance has whole. */
  readonly globalStores: readonly { readonly source: StreamsTopologyNode; readonly processor: StreamsTopologyNode }[]
}

type Words = NonNullable<StreamsGroupDescribeResponse['groups'][number]['topologyDescription']>
type Node = Words['subtopologies'][number]['nodes'][number]

const statuses: Readonly<Record<number, StreamsTopologyDescriptionStatus>> = {
  0: 'NOT_REQUESTED',
  1: 'NOT_STORED',
  2: 'ERROR',
  3: 'AVAILABLE',
}
const nodeTypes: Readonly<Record<number, StreamsTopologyNode['type']>> = { 1: 'SOURCE', 2: 'PROCESSOR', 3: 'SINK' }

export function topologyStatusOf(id: number): StreamsTopologyDescriptionStatus {
  return statuses[id] ?? 'UNKNOWN'
}

export function topologyDescriptionOf(words: Words): StreamsTopologyDescription {
  return {
    subtopologies: words.subtopologies.map(({ subtopologyId, nodes }) => ({
      id: subtopologyId,
      nodes: nodes.map(node => describedNode(node, nodes)),
    })),
    globalStores: words.globalStores.map(({ source, processor }) => ({
      source: describedNode(source, [source, processor]),
      processor: describedNode(processor, [source, processor]),
    })),
  }
}

/** The answer tells successors alone. */
function describedNode({ name, nodeType, sourceTopics, sinkTopic, stores, successors }: Node, all: readonly Node[]) {
  return {
    name,
    type: nodeTypes[nodeType] ?? 'UNKNOWN',
    topics: sourceTopics,
    topic: sinkTopic ?? undefined,
    stores,
    successors,
    predecessors: all.filter(other => other.successors.includes(name)).map(other => other.name),
  } satisfies StreamsTopologyNode
}
