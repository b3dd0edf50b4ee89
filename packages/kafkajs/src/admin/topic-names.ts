import { metadataRequest, metadataResponse } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'

/** Every topic of the cluster. */
export async function topicNames({ cluster }: Connection): Promise<string[]> {
  const value = { topics: null, allowAutoTopicCreation: false }
  const { topics } = await cluster.callAny(metadataRequest, metadataResponse, value)
  return topics.flatMap(({ name }) => name ?? [])
}
