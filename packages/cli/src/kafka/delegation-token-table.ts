/** How `kafka-delegation-tokens` prints tokens. */
import type { DelegationToken, KafkaPrincipal } from '@dorsale/client'
import { formatJavaDate } from './java-date.ts'

/** An empty line before each row, as Kafka's tool prints it. */
export function tokenTable(tokens: readonly DelegationToken[]): string {
  const headers = ['TOKENID', 'HMAC', 'OWNER', 'REQUESTER', 'RENEWERS', 'ISSUEDATE', 'EXPIRYDATE', 'MAXDATE']
  const rows = tokens.map(token => [
    token.tokenId,
    Buffer.from(token.hmac).toString('base64'),
    principalText(token.owner),
    principalText(token.tokenRequester),
    listed(token.renewers ?? []),
    dateText(token.issueTimestamp),
    dateText(token.expiryTimestamp),
    dateText(token.maxTimestamp),
  ])
  return [headers, ...rows]
    .map(row => `\n${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' ')}\n`)
    .join('')
}

const widths = [15, 30, 15, 15, 25, 15, 15, 15]

/** To the minute, in the machine's own zone. */
export function dateText(ms: number): string {
  return formatJavaDate("yyyy-MM-dd'T'HH:mm", ms)
}

/** `[User:alice, User:bob]` */
export function listed(all: readonly KafkaPrincipal[]): string {
  return `[${all.map(principalText).join(', ')}]`
}

function principalText({ principalType, name }: KafkaPrincipal): string {
  return `${principalType}:${name}`
}
