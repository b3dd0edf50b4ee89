/** Cipher suites have two names: IANA's, which Java and Kafka's settings use, and OpenSSL's. */
const keyExchanges: Readonly<Record<string, string>> = {
  RSA: '',
  ECDHE_RSA: 'ECDHE-RSA-',
  ECDHE_ECDSA: 'ECDHE-ECDSA-',
  DHE_RSA: 'DHE-RSA-',
  DHE_DSS: 'DHE-DSS-',
}
const ciphers: Readonly<Record<string, string>> = {
  AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  AES_128_CBC_SHA: 'AES128-SHA',
  AES_256_CBC_SHA: 'AES256-SHA',
  AES_128_CBC_SHA256: 'AES128-SHA256',
  AES_256_CBC_SHA256: 'AES256-SHA256',
  AES_256_CBC_SHA384: 'AES256-SHA384',
  CHACHA20_POLY1305_SHA256: 'CHACHA20-POLY1305',
}

/** OpenSSL's name; a name that is no `TLS_<key exchange>_WITH_<cipher>` is taken for OpenSSL's own, as those of TLS 1.3 are. Undefined: nobody knows it. */
export function openSslCipher(name: string): string | undefined {
  const match = /^(?:TLS|SSL)_([A-Z0-9_]+)_WITH_([A-Z0-9_]+)$/.exec(name)
  if (match === null) return name
  const keyExchange = keyExchanges[match[1] ?? '']
  const cipher = ciphers[match[2] ?? '']
  return keyExchange === undefined || cipher === undefined ? undefined : keyExchange + cipher
}
