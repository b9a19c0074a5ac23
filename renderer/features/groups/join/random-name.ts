/** A name that says nothing about its bearer, from a list of words separated by spaces. */
export function randomName(words: string): string {
  const list = words.split(' ')
  const [first = 0, second = 0] = crypto.getRandomValues(new Uint32Array(2))
  return `${list[first % list.length]} ${100 + (second % 900)}`
}
