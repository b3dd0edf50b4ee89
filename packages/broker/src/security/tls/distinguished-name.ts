/**
 * The subject of a certificate as Kafka names a principal by it: what Java's `X500Principal.getName()` answers, RFC 2253 with the last part first, attributes that the RFC has no short
 * name for by their number and in hexadecimal, signs that mean something with a backslash.
 *
 *     Certificate ::= SEQUENCE { TBSCertificate ::= SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, ... }, ... }
 *     Name        ::= SEQUENCE OF SET OF SEQUENCE { OBJECT IDENTIFIER, value }
 */

/** A value of DER: its tag, the bytes that it holds, and all of it. */
interface Der {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

const keywords: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
}

const explicitVersion = 0xa0
/** Of texts, by tag. Universal strings are none to Java. */
const encodings: Readonly<Record<number, BufferEncoding | 'utf16be'>> = {
  12: 'utf8',
  19: 'latin1',
  20: 'latin1',
  22: 'latin1',
  27: 'latin1',
  30: 'utf16be',
}

/** `certificate`: DER that somebody has verified. Throws when it is none. */
export function subjectOf(certificate: Uint8Array): string {
  const fields = partsOf(partsOf(readDer(certificate, 0).content)[0]!.content)
  const subjectIndex = fields[0]?.tag === explicitVersion ? 5 : 4
  return partsOf(fields[subjectIndex]!.content)
    .map(relativeName => partsOf(relativeName.content).map(attribute).join('+'))
    .reverse()
    .join(',')
}

function attribute(pair: Der): string {
  const [type, value] = partsOf(pair.content) as [Der, Der]
  const identifier = identifierOf(type.content)
  const keyword = keywords[identifier]
  const encoding = encodings[value.tag]
  if (keyword === undefined || encoding === undefined) {
    return `${keyword ?? identifier}=#${Buffer.from(value.whole).toString('hex')}`
  }
  return `${keyword}=${escaped(textOf(value.content, encoding))}`
}

function textOf(content: Uint8Array, encoding: BufferEncoding | 'utf16be'): string {
  if (encoding !== 'utf16be') return Buffer.from(content).toString(encoding)
  return Buffer.from(content).swap16().toString('utf16le')
}

function escaped(text: string): string {
  const signs = text.replaceAll(/[,=+<>#;"\\]/g, '\\$&').replaceAll('\0', '\\00')
  return signs.replace(/^[ \r]+/, spaces => escapedSpaces(spaces)).replace(/[ \r]+$/, spaces => escapedSpaces(spaces))
}

function escapedSpaces(spaces: string): string {
  return [...spaces].map(space => `\\${space}`).join('')
}

function identifierOf(content: Uint8Array): string {
  const numbers: bigint[] = []
  let number = 0n
  for (const byte of content) {
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(number)
      number = 0n
    }
  }
  const [first = 0n, ...rest] = numbers
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

function partsOf(content: Uint8Array): Der[] {
  const parts: Der[] = []
  for (let position = 0; position < content.length; ) {
    const part = readDer(content, position)
    parts.push(part)
    position += part.whole.length
  }
  return parts
}

function readDer(bytes: Uint8Array, start: number): Der {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const tag = view.readUInt8(start)
  const first = view.readUInt8(start + 1)
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const length = lengthBytes === 0 ? first : view.readUIntBE(start + 2, lengthBytes)
  const contentStart = start + 2 + lengthBytes
  const end = contentStart + length
  if (end > bytes.length) throw new RangeError('a certificate ends in the middle of a value')
  return { tag, content: bytes.subarray(contentStart, end), whole: bytes.subarray(start, end) }
}
