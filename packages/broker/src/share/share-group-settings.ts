import { configResourceTypes, type MetadataImage, type ShareLimits } from '@dorsale/coordinate'
import { type GroupValues, groupSetting } from '../config/index.ts'
import type { DynamicConfig } from '../dynamic-config.ts'

/** What a share group obeys, as of now: its own settings, or else those that the broker has for all groups. */
export class ShareGroupSettings {
  readonly #image: MetadataImage
  readonly #dynamicConfig: DynamicConfig

  constructor({ image, dynamicConfig }: { image: MetadataImage; dynamicConfig: DynamicConfig }) {
    this.#image = image
    this.#dynamicConfig = dynamicConfig
  }

  limits(groupId: string): ShareLimits {
    return {
      deliveryCountMax: this.#get(groupId, 'share.delivery.count.limit'),
      recordLocksMax: this.#get(groupId, 'share.partition.max.record.locks'),
      lockDurationMs: this.lockDurationMs(groupId),
      isRenewEnabled: this.#get(groupId, 'share.renew.acknowledge.enable'),
    }
  }

  lockDurationMs(groupId: string): number {
    return this.#get(groupId, 'share.record.lock.duration.ms')
  }

  /** Whether records of open and aborted transactions are kept from the group's consumers. */
  isReadCommitted(groupId: string): boolean {
    return this.#get(groupId, 'share.isolation.level').toLowerCase() === 'read_committed'
  }

  /** Where the group begins in a partition in which it never was: `earliest`, `latest`, or so many milliseconds ago. */
  offsetReset(groupId: string): 'earliest' | 'latest' | { readonly agoMs: number } {
    const text = this.#get(groupId, 'share.auto.offset.reset').toLowerCase()
    if (text === 'earliest' || text === 'latest') return text
    return { agoMs: durationMs(text.slice(text.indexOf(':') + 1)) }
  }

  #get<Key extends keyof GroupValues>(groupId: string, key: Key): GroupValues[Key] {
    const own = this.#image.configsOf(configResourceTypes.GROUP, groupId)
    return groupSetting(own, this.#dynamicConfig.values, key)
  }
}

/** Of Java's durations (`P1DT2H3M4.5S`, in any case), which the check of the setting has let through. */
function durationMs(text: string): number {
  const [, sign = '', days, hours, minutes, seconds] = text.match(durationPattern) ?? []
  const number = (part: string | undefined) => Number(part ?? 0)
  const totalSeconds = ((number(days) * 24 + number(hours)) * 60 + number(minutes)) * 60 + number(seconds)
  return Math.floor(totalSeconds * 1000) * (sign === '-' ? -1 : 1)
}

const durationPattern =
  /^([-+]?)p(?:([-+]?\d+)d)?(?:t(?:([-+]?\d+)h)?(?:([-+]?\d+)m)?(?:([-+]?\d+(?:\.\d{0,9})?)s)?)?$/i
