/** PEM as Kafka's settings hold it: blocks of base64, whose lines a properties file may have run together. */
const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g

/** The blocks of a kind, each on lines of its own; '' when there are none. `kind`: the end of the label: `CERTIFICATE`, `PRIVATE KEY`. */
export function pemBlocks(text: string, kind: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  return [...text.matchAll(block)]
    .filter(([, label]) => label?.endsWith(kind))
    .map(([whole, label, body = '']) => {
      // The old form of encrypted keys has headers, whose lines mean something.
      if (body.includes(':')) return `${whole}\n`
      const lines = body.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? []
      return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
    })
    .join('')
}
