/** Java's `String.hashCode`, made non-negative as Kafka does it: what spreads keys over the partitions of a coordinator's topic. */
export function javaHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  // The least integer has no positive counterpart.
  return hash === -2147483648 ? 0 : Math.abs(hash)
}
