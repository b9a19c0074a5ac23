/** A message to one member is always one block (smp §3). */
const BLOCK = 16 * 1024

/** Milliseconds until a message has left this machine for every member. */
export function timeToEveryone(members: number, megabitsPerSecond: number): number {
  return (members * BLOCK * 8) / (megabitsPerSecond * 1000)
}

export function bytesForEveryone(members: number): number {
  return members * BLOCK
}
