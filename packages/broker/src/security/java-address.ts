/**
 * An address as Java writes it, which is how ACLs name hosts: an IPv4 address that came by an IPv6 socket is one of IPv4, and no group of an IPv6 address is
 * left out: `0:0:0:0:0:0:0:1`.
 */
export function javaAddress(address: string): string {
  const plain = address.startsWith(mappedPrefix) ? address.slice(mappedPrefix.length) : address
  if (!plain.includes(':')) return plain
  const [groups = '', zone] = plain.split('%')
  const [before = '', after] = groups.split('::')
  const head = partsOf(before)
  const tail = partsOf(after ?? '')
  const zeros = after === undefined ? [] : new Array<string>(groupCount - head.length - tail.length).fill('0')
  const whole = [...head, ...zeros, ...tail].join(':')
  return zone === undefined ? whole : `${whole}%${zone}`
}

const mappedPrefix = '::ffff:'
const groupCount = 8

function partsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
