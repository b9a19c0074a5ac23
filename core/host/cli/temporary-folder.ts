import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The process that made it is in its name. */
const NAME = /^hearth-work-(\d+)-/

/**
 * Runs `work` with a fresh folder that only its owner can read, and removes it afterwards; it removes those first that
 * a process left which was killed.
 */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const place = tmpdir()
  await removeAbandoned(place)
  const folder = await mkdtemp(join(place, `hearth-work-${process.pid}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function removeAbandoned(place: string): Promise<void> {
  for (const name of await readdir(place).catch(() => [])) {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid)
    // Those of other people cannot be removed, and stay.
    if (!runs(pid)) await rm(join(place, name), { recursive: true, force: true }).catch(() => {})
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
