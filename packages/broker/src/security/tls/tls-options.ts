import type { ConfigProblem, Disk, Net, TlsServerOptions } from '@dorsale/base'
import { readTlsMaterial } from '@dorsale/transport/security'
import type { BrokerValues, Endpoint } from '../../config/index.ts'
import { listenerPrefix, listenerSettings } from '../listener-settings.ts'
import { type PrincipalMapping, parsePrincipalMapping } from './principal-mapping.ts'

export type TlsEndpoint = Pick<Endpoint, 'listenerName' | 'securityProtocol'>

export interface TlsWorld {
  readonly disk: Pick<Disk, 'readFileSync'>
  readonly net: Pick<Net, 'tlsProblem'>
}

/** TLS as the settings of a listener have it, its files read now. What is wrong is added to `problems`, and then nothing is answered. `texts`: every setting of the broker. */
export function tlsOptions(
  texts: ReadonlyMap<string, string>,
  endpoint: TlsEndpoint,
  { disk, net }: TlsWorld,
  problems: ConfigProblem[],
): TlsServerOptions | undefined {
  const { listenerName } = endpoint
  const { values, problems: own } = listenerSettings(texts, listenerName)
  const found: ConfigProblem[] = [...own]
  const material = readTlsMaterial(values, disk, found)
  const say = (key: string, sentence: string) =>
    found.push({ key, message: `listener ${listenerName}: ${key}: ${sentence}` })
  if (found.length === 0 && material.identity === undefined) {
    say(
      'ssl.keystore.location',
      `TLS needs a key and a certificate: set it, or ${listenerPrefix(listenerName)}ssl.keystore.location, and ssl.keystore.type`,
    )
  }
  if (found.length === 0) {
    const options = { ...material, clientAuth: clientAuthOf(values, texts, endpoint) }
    const problem = net.tlsProblem?.(options)
    if (problem === undefined) return options
    say('ssl.keystore.location', `it cannot be used: ${problem}`)
  }
  problems.push(...found)
  return undefined
}

/** Who logs in by SASL need not show a certificate besides, unless this very listener asks for one: as in Kafka (KIP-684). */
function clientAuthOf(
  values: BrokerValues,
  texts: ReadonlyMap<string, string>,
  { listenerName, securityProtocol }: TlsEndpoint,
): TlsServerOptions['clientAuth'] {
  const key = 'ssl.client.auth'
  if (securityProtocol === 'SASL_SSL' && !texts.has(`${listenerPrefix(listenerName)}${key}`)) return 'none'
  return values[key] as TlsServerOptions['clientAuth']
}

/** What `ssl.principal.mapping.rules` says at a listener. */
export function principalMapping(
  texts: ReadonlyMap<string, string>,
  listenerName: string,
  problems: ConfigProblem[],
): PrincipalMapping {
  const key = 'ssl.principal.mapping.rules'
  const text = listenerSettings(texts, listenerName).values[key]
  const mapping = parsePrincipalMapping(text)
  if (mapping !== undefined) return mapping
  problems.push({
    key,
    message: `${key}: '${text}' is not DEFAULT, nor RULE:pattern/replacement/[LU], nor several of them`,
  })
  return subject => subject
}
