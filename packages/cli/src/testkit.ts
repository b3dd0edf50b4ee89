/** `dorsale/testkit`: a broker inside a test, for whoever has installed `dorsale` alone. */
export * from '@dorsale/testkit'
