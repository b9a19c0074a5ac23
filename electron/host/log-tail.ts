/** The last lines of what a host said, without the secrets that it says to a terminal. */
export interface LogTail {
  /** Takes text as it comes, in pieces. */
  add(chunk: string): void
  /** A line of our own. */
  note(line: string): void
  text(): string
}

const LINES = 400
const LINE_LENGTH = 2000
const SIGN_IN = /#sign-in=\S+/g

export function createLogTail(): LogTail {
  const lines: string[] = []
  let unfinished = ''
  function keep(line: string): void {
    lines.push(line.slice(0, LINE_LENGTH).replace(SIGN_IN, '#sign-in=…'))
    if (lines.length > LINES) lines.shift()
  }
  return {
    add(chunk) {
      const pieces = (unfinished + chunk).split(/\r?\n/)
      unfinished = (pieces.pop() ?? '').slice(0, LINE_LENGTH)
      for (const piece of pieces) keep(piece)
    },
    note: keep,
    text: () => [...lines, ...(unfinished === '' ? [] : [unfinished.replace(SIGN_IN, '#sign-in=…')])].join('\n'),
  }
}
