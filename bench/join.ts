import { type CommunityUsage, cpuPer, createCommunity } from './community.ts'
import { measureLimit } from './limit.ts'
import { figure, figures, options } from './options.ts'

/** Members that join through one super-peer's link, from the request to the connection that is ready both ways. */
export async function run(args: readonly string[]): Promise<object> {
  const parameters = options(args, { members: 100, threads: 1 })
  const limit = await measureLimit()
  const community = await createCommunity(parameters.threads)
  try {
    const before: CommunityUsage = await community.usage()
    const started = performance.now()
    await community.members.ask('join', community.link, parameters.members)
    const seconds = (performance.now() - started) / 1000
    const after = await community.usage()
    return {
      parameters,
      joinsPerSecond: figure(parameters.members / seconds),
      cpuMsPerJoin: figures({ ...cpuPer(parameters.members, before, after) }),
      peakRssMB: { superPeer: after.superPeer.peakRssMB, router: after.router.peakRssMB },
      limit,
    }
  } finally {
    await community.stop()
  }
}
