/** Links of the network, as the operating system hands them over: at the start, to the running program, by event. */

const LONGEST = 4096
/** A short link or a full one: what it is exactly, the host finds out. */
const LINK = /^(?:simplex:\/?\S+|https:\/\/[^/\s]+\/(?:[acgir]|contact|invitation)\/?(?:\?[^#\s]*)?#\S+)$/i

export function isLink(text: string): boolean {
  return text.length <= LONGEST && LINK.test(text)
}

/** The links among the arguments of the command line. */
export function linksOf(argv: readonly string[]): string[] {
  return argv.map((argument) => argument.trim()).filter(isLink)
}

/** Links wait here until the interface can take them. */
export interface LinkInbox {
  add(link: string): void
  /** From now on links go to `take`, those that wait first. */
  open(take: (link: string) => void): void
  /** The interface is gone or loads anew: links wait again. */
  close(): void
}

const MOST_WAITING = 16

export function createLinkInbox(): LinkInbox {
  let waiting: string[] = []
  let taker: ((link: string) => void) | undefined
  return {
    add(link) {
      if (!isLink(link)) return
      if (taker === undefined) waiting = [...waiting, link].slice(-MOST_WAITING)
      else taker(link)
    },
    open(take) {
      taker = take
      for (const link of waiting) take(link)
      waiting = []
    },
    close() {
      taker = undefined
    },
  }
}
