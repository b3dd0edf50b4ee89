/** The numbers of Java's SimpleDateFormat, in the machine's own zone: yyyy, MM, dd, HH, mm, ss, SSS; text between quotes as it is. */
export function formatJavaDate(format: string, ms: number): string {
  const date = new Date(ms)
  const parts: Readonly<Record<string, number>> = {
    y: date.getFullYear(),
    M: date.getMonth() + 1,
    d: date.getDate(),
    H: date.getHours(),
    m: date.getMinutes(),
    s: date.getSeconds(),
    S: date.getMilliseconds(),
  }
  return format.replaceAll(
    /'([^']*)'|([yMdHmsS])\2*/g,
    (letters: string, quoted: string | undefined, letter: string) => {
      if (quoted !== undefined) return quoted
      const text = String(parts[letter]).padStart(letters.length, '0')
      return letter === 'y' && letters.length === 2 ? text.slice(-2) : text
    },
  )
}
