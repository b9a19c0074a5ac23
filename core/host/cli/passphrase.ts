import { readFile } from 'node:fs/promises'
import { stderr, stdin } from 'node:process'
import { HearthError } from '../../codec/error.ts'

/**
 * A passphrase from a file, from the terminal without showing it, or from standard input: the first line, never an
 * argument, which other users of the machine could see. Errors: usage `file`, usage `passphrase`.
 */
export async function readPassphrase(file: string | undefined, question: string): Promise<string> {
  if (file !== undefined && file !== '-') {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
      throw new HearthError('usage', 'file', `cannot read ${file}: ${reason}`, false, { cause: error })
    })
    return firstLine(text)
  }
  return stdin.isTTY ? askHidden(question) : firstLine(await readAll())
}

/** Asked twice at a terminal. Errors: usage `passphrase` where the two differ. */
export async function readNewPassphrase(file: string | undefined, question: string): Promise<string> {
  const passphrase = await readPassphrase(file, question)
  if (file === undefined && stdin.isTTY && (await askHidden('Once more: ')) !== passphrase) {
    throw new HearthError('usage', 'passphrase', 'the two are not the same')
  }
  return passphrase
}

function firstLine(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1)
  if (line === '') throw new HearthError('usage', 'passphrase', 'there is no passphrase')
  return line
}

/** Nobody's passphrase is longer; whatever feeds more is no passphrase. */
const LONGEST = 64 * 1024

async function readAll(): Promise<string> {
  let text = ''
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += chunk
    if (text.includes('\n') || text.length > LONGEST) break
  }
  return text
}

/** What a terminal in raw mode sends for the keys that matter here; the last of ENTER is Ctrl-D. */
const ENTER = ['\r', '\n', '\u0004']
const INTERRUPT = '\u0003'
const ERASE = ['\u007f', '\b']

function askHidden(question: string): Promise<string> {
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let typed = ''
  function read(text: string): void {
    for (const character of text) {
      if (character === INTERRUPT) reject(new HearthError('usage', 'aborted', 'given up'))
      else if (ENTER.includes(character)) resolve(typed)
      else typed = ERASE.includes(character) ? [...typed].slice(0, -1).join('') : typed + character
    }
  }
  stdin.on('data', read)
  return promise.finally(() => {
    stdin.off('data', read)
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  })
}
