import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { HearthError } from '../../codec/error.ts'
import type { ServicePlan } from './spec.ts'

/**
 * Carries a plan out and says every step. Errors: usage `service` with what a command said; usage `file` where a file
 * cannot be written.
 */
export async function perform(plan: ServicePlan, say: (line: string) => void): Promise<void> {
  for (const folder of plan.folders) await make(folder, plan.owner)
  for (const { path, text } of plan.files) {
    say(`writes ${path}`)
    onDisk(path, () => {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text, { mode: 0o644 })
    })
  }
  for (const { command, optional } of plan.commands) {
    say(`runs ${command.join(' ')}`)
    const failure = await run(command)
    if (failure !== undefined && optional !== true) {
      throw new HearthError('usage', 'service', `${command.join(' ')}: ${failure}`)
    }
  }
  for (const path of plan.remove) {
    say(`removes ${path}`)
    onDisk(path, () => rmSync(path, { force: true }))
  }
  for (const note of plan.notes) say(note)
}

/** What is there already keeps its owner. */
async function make(folder: string, owner: string | undefined): Promise<void> {
  const made = onDisk(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  if (made === undefined || owner === undefined) return
  const failure = await run(['chown', '-R', owner, made])
  if (failure !== undefined) throw new HearthError('usage', 'service', failure)
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new HearthError('usage', 'file', `cannot write ${path}: ${code}`, false, { cause: error })
  }
}

/** What went wrong, in the program's own words. */
function run([program, ...args]: readonly [string, ...string[]]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, (error, _output, said) => {
      resolve(error === null ? undefined : said.trim() || error.message)
    })
  })
}
