import type { AccessControlEntryRecord } from '@dorsale/protocol'
import type { ConfigResource, MetadataDelta, TopicImage } from './image.ts'

/** Gathers what replay touches, until the image is published. */
export class DeltaBuilder {
  readonly #changedTopics = new Set<string>()
  readonly #removedTopics = new Map<string, TopicImage>()
  readonly #changedBrokers = new Set<number>()
  readonly #changedConfigs = new Map<string, ConfigResource>()
  readonly #addedAcls: AccessControlEntryRecord[] = []
  readonly #removedAcls: AccessControlEntryRecord[] = []
  #featuresChanged = false
  #quotasChanged = false

  topic(id: string): void {
    this.#changedTopics.add(id)
    this.#removedTopics.delete(id)
  }

  topicRemoved(topic: TopicImage): void {
    this.#changedTopics.delete(topic.id)
    this.#removedTopics.set(topic.id, topic)
  }

  broker(id: number): void {
    this.#changedBrokers.add(id)
  }

  config(resource: ConfigResource): void {
    this.#changedConfigs.set(`${resource.type}/${resource.name}`, resource)
  }

  features(): void {
    this.#featuresChanged = true
  }

  quotas(): void {
    this.#quotasChanged = true
  }

  acl(acl: AccessControlEntryRecord): void {
    this.#addedAcls.push(acl)
  }

  aclRemoved(acl: AccessControlEntryRecord): void {
    this.#removedAcls.push(acl)
  }

  build(fromSnapshot: boolean): MetadataDelta {
    return {
      fromSnapshot,
      changedTopics: this.#changedTopics,
      removedTopics: [...this.#removedTopics.values()],
      changedBrokers: this.#changedBrokers,
      changedConfigs: [...this.#changedConfigs.values()],
      featuresChanged: this.#featuresChanged,
      quotasChanged: this.#quotasChanged,
      addedAcls: this.#addedAcls,
      removedAcls: this.#removedAcls,
    }
  }
}
