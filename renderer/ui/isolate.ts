/** A name inside a sentence: its direction does not disturb the words around it. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}
