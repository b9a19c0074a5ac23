import type { Command } from 'commander'
import { HearthError } from '../../codec/error.ts'
import { connectToFolder, hostError } from '../client.ts'
import type { HostClient } from '../contract.ts'

/** One run of `hearth ctl`: the connected host and how answers are written. */
export interface Session {
  readonly api: HostClient
  /** One value: a line of JSON, or what `words` makes of it. */
  print<T>(value: T, words: (value: T) => string): void
  /** The person's profile: the only one, or the one asked for. */
  profile(wanted: number | undefined): Promise<number>
}

/** Runs `work` on the host of the command's folder and ends the connection. */
export async function withHost(command: Command, work: (session: Session) => Promise<void>): Promise<void> {
  const { dir, json } = command.optsWithGlobals<{ dir: string; json?: boolean }>()
  const host = await connectToFolder(dir)
  let failure: unknown
  try {
    await work({
      api: host.api,
      print: (value, words) => process.stdout.write(`${json ? JSON.stringify(value) : words(value)}\n`),
      profile: (wanted) => chooseProfile(host.api, wanted),
    })
  } catch (error) {
    failure = hostError(error)
  }
  host.close()
  await host.closed
  if (failure !== undefined) throw failure
}

async function chooseProfile(api: HostClient, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return wanted
  const [first, second] = await api.profiles.list()
  if (first === undefined) throw new HearthError('usage', 'no-profile', 'make a profile first: create-profile NAME')
  if (second === undefined) return first.id
  throw new HearthError('usage', 'profile', 'there are several profiles: choose one with --profile')
}
