import { MessageChannel } from 'node:worker_threads'
import { HearthError } from '../codec/error.ts'
import type { Env } from '../env/env.ts'
import { wait } from '../env/wait.ts'
import { openStore, type Store } from '../store/database.ts'
import { pathIn, privateFolder } from './files.ts'

/** A process that was told to end may still be closing the database when its successor starts. */
const PATIENCE = 10_000
const INTERVAL = 100

/**
 * Opens the database of a host's folder, and by that claims the folder for this process.
 * Errors: usage `folder`, store `newer`, store `locked` where another process keeps it.
 */
export async function openFolder(env: Env, folder: string): Promise<Store> {
  privateFolder(folder)
  const until = env.clock.monotonic() + PATIENCE
  for (;;) {
    try {
      return await openStore(pathIn(folder, 'database'), env.clock)
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
