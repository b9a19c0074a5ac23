/** Splits chunks of UTF-8 into lines and refuses endless ones. */
export interface LineSplitter {
  push(chunk: Uint8Array): void
  /** What came after the last line break counts as a line. */
  end(): void
}

const NEWLINE = 10

/** `tooLong` is called once for a line of more than `limit` bytes, in its place. */
export function lineSplitter(limit: number, line: (text: string) => void, tooLong: () => void): LineSplitter {
  let parts: Uint8Array[] = []
  let size = 0
  let skipping = false

  function add(part: Uint8Array): void {
    size += part.length
    if (skipping || part.length === 0) return
    if (size > limit) {
      skipping = true
      parts = []
    } else {
      parts.push(part)
    }
  }

  function finish(): void {
    if (skipping) tooLong()
    else if (size > 0) line(Buffer.concat(parts).toString('utf8'))
    parts = []
    size = 0
    skipping = false
  }

  return {
    push(chunk) {
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        add(chunk.subarray(start, end))
        finish()
        start = end + 1
      }
      // The stream reuses nothing, but a copy keeps a short rest from holding a long chunk.
      add(chunk.slice(start))
    },
    end: finish,
  }
}
