/** What both roles know of TLS and SASL: the stores, the login configuration, the arithmetic of SCRAM. Loaded by who asks for security, and by nobody else. */
export { type JaasConfig, parseJaasConfig } from './jaas.ts'
export { type ScramMechanism, saltedPassword, scramDigests, scramIterations } from './scram-mechanism.ts'
export { readTlsMaterial } from './tls-material.ts'
