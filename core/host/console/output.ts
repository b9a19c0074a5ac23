import { writeSync } from 'node:fs'

/** Lines written so that they are out when the call returns: what is acknowledged next has been shown. */
export interface Output {
  /**
   * `note` runs when the line is out but for its end: whoever reads lines has not acted upon it yet, and what they do
   * upon it, killing this process included, comes after the note.
   */
  line(value: object, note?: () => void): void
}

const STDOUT = 1

const END = Buffer.from('\n')

/** Standard output. Ends the process where nobody reads it any more, or `abandoned` says so. */
export function standardOutput(abandoned: () => boolean, fd = STDOUT): Output {
  return {
    line(value, note) {
      if (abandoned()) process.exit(1)
      const text = JSON.stringify(value)
      if (note === undefined) {
        writeAll(fd, Buffer.from(`${text}\n`))
        return
      }
      writeAll(fd, Buffer.from(text))
      note()
      writeAll(fd, END)
    },
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EPIPE') process.exit(0)
      if (code !== 'EAGAIN') throw error
      pause()
    }
  }
}

const idle = new Int32Array(new SharedArrayBuffer(4))

/** The reader's pipe is full and not blocking: a millisecond without spinning. */
function pause(): void {
  Atomics.wait(idle, 0, 0, 1)
}
