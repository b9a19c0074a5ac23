import type { DemoResult } from './options.ts'

/** What a person sees while it runs, and the table at the end. */
export interface Screen {
  /** A new phase, in words. */
  phase(text: string): void
  /** Something that happened, such as a kill. */
  note(text: string): void
  /** State of the present phase; drawn in place on a terminal, not at all elsewhere. */
  state(lines: () => readonly string[]): void
  result(result: DemoResult): void
  close(): void
}

const REDRAW = 100
const CLEAR_BELOW = '\u001b[J'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'

interface Styles {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
}

export function createScreen(stream: NodeJS.WriteStream, elapsed: () => number): Screen {
  const live = stream.isTTY === true
  const styles = stylesFor(live && process.env.NO_COLOR === undefined)
  let lines: (() => readonly string[]) | undefined
  let drawn = 0

  /** Replaces the lines drawn last. */
  function draw(next: readonly string[]): void {
    const up = drawn > 0 ? `\u001b[${drawn}A` : ''
    const width = stream.columns > 0 ? stream.columns : 80
    stream.write(`${up}\r${CLEAR_BELOW}${next.map((line) => `${cut(line, width)}\n`).join('')}`)
    drawn = next.length
  }
  function permanent(text: string): void {
    if (live) draw([])
    drawn = 0
    stream.write(`${text}\n`)
    if (live && lines !== undefined) draw(lines())
  }
  const timer = live ? setInterval(() => lines !== undefined && draw(lines()), REDRAW).unref() : undefined
  if (live) stream.write(HIDE_CURSOR)

  return {
    phase(text) {
      if (live && lines !== undefined) {
        draw(lines())
        drawn = 0
      }
      lines = undefined
      permanent(`${styles.dim(seconds(elapsed()))}  ${styles.bold(text)}`)
    },
    note: (text) => permanent(`${styles.dim(seconds(elapsed()))}  ${text}`),
    state(next) {
      lines = next
      if (live) draw(next())
    },
    result(result) {
      if (live && lines !== undefined) draw(lines())
      drawn = 0
      lines = undefined
      stream.write(`\n${resultTable(result, styles)}\n`)
    },
    close() {
      clearInterval(timer)
      lines = undefined
      if (live) stream.write(SHOW_CURSOR)
    },
  }
}

function stylesFor(colour: boolean): Styles {
  const style = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { bold: style(1), dim: style(2), good: style(32), bad: style(31) }
}

/** Lines of the state have no styles, so that their length is what is seen. */
function cut(line: string, width: number): string {
  return line.length < width ? line : `${line.slice(0, width - 2)}…`
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1).padStart(5)} s`
}

/** `done` of `all` as a bar. */
export function bar(done: number, all: number, width = 24): string {
  const filled = all === 0 ? width : Math.round((Math.min(done, all) / all) * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
}

function resultTable(result: DemoResult, styles: Styles): string {
  const { latencyMs, superPeers } = result
  const perfect = result.missing === 0 && result.duplicates === 0 && result.outOfOrder === 0
  const names = Math.max(10, ...superPeers.map(({ name }) => name.length))
  function row(label: string, value: string): string {
    return `  ${label.padEnd(names + 2)}${value}`
  }
  function count(value: number): string {
    return value === 0 ? styles.good('0') : styles.bad(String(value))
  }
  return [
    row('group', result.group.link),
    '',
    ...superPeers.map(({ name, status, connected, forwarded }) =>
      row(
        name,
        `${status.padEnd(10)} ${String(connected).padStart(3)} connected ${String(forwarded).padStart(7)} forwarded`,
      ),
    ),
    '',
    row('sent', `${result.sent} messages, by the owner and ${result.members} members`),
    row('delivered', `${result.delivered} of ${result.expected}`),
    row('missing', count(result.missing)),
    row('duplicates', count(result.duplicates)),
    row('disordered', count(result.outOfOrder)),
    row('latency', `${latencyMs.p50} ms half, ${latencyMs.p95} ms 95 %, ${latencyMs.max} ms longest`),
    ...(result.killed.length > 0 ? [row('killed', result.killed.join(', '))] : []),
    row('time', `${(result.elapsedMs / 1000).toFixed(1)} s`),
    '',
    perfect
      ? styles.good('  Every message reached everybody exactly once.')
      : styles.bad('  Not every message reached everybody exactly once.'),
    '',
  ].join('\n')
}
