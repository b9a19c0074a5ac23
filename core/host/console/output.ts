import { writeSync } from 'node:fs'

/** Lines written so that they are out when the call returns: what is acknowledged next has been shown. */
export interface Output {
  line(value: object): void
}

const STDOUT = 1

/** Standard output. Ends the process where nobody reads it any more, or `abandoned` says so. */
export function standardOutput(abandoned: () => boolean): Output {
  return {
    line(value) {
      if (abandoned()) process.exit(1)
      writeAll(STDOUT, Buffer.from(`${JSON.stringify(value)}\n`))
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
