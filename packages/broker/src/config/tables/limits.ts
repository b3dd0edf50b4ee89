/** Java's bounds, where Kafka means "no limit". */
export const intMax = 2_147_483_647
export const longMax = 9_223_372_036_854_775_807n
/** The longest array that the JVM gives. */
export const arrayMax = intMax - 8
