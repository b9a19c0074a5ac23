import { MessageChannel } from 'node:worker_threads'
import { HearthError } from '../codec/error.ts'
import type { Env } from '../env/env.ts'
import { wait } from '../env/wait.ts'
import { openStore, type Store } from '../store/database.ts'
import { pathIn, privateFolder } from './files.ts'

/** A process that was told to end may still be closing the database when its successor starts. */
const PATIENCE = 10_000
const INTERVAL = 100

/** Opens the database of a host's folder. Errors: usage `folder`, store `newer`, store `locked` (see `whenFree`). */
export function openFolder(env: Env, folder: string): Promise<Store> {
  privateFolder(folder)
  return whenFree(env, () => openStore(pathIn(folder, 'database'), env.clock))
}

/** Opens what only one process can have open, and waits a while for the one that has. Errors: those of `open`. */
export async function whenFree<T>(env: Env, open: () => Promise<T>): Promise<T> {
  const until = env.clock.monotonic() + PATIENCE
  for (;;) {
    try {
      return await open()
    } catch (error) {
      const locked = error instanceof HearthError && error.code === 'locked'
      if (!locked || env.clock.monotonic() >= until) throw error
      // Timers of the clock do not keep a process alive, and at this point nothing else does.
      await alive(wait(env.clock, INTERVAL))
    }
  }
}

async function alive<T>(work: Promise<T>): Promise<T> {
  const channel = new MessageChannel()
  channel.port1.on('message', () => {})
  try {
    return await work
  } finally {
    channel.port1.close()
  }
}
