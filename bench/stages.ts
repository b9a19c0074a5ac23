import { Session } from 'node:inspector/promises'

/**
 * Where the main thread of this process spends its time: samples of V8's profiler, each counted for the part of the
 * program nearest to it on the stack.
 */
export interface StageProfiler {
  /** Milliseconds by stage since the start. */
  stop(): Promise<Readonly<Record<string, number>>>
}

const SAMPLING = 1000

export async function profileStages(): Promise<StageProfiler> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING })
  await session.post('Profiler.start')
  return {
    async stop() {
      const { profile } = await session.post('Profiler.stop')
      session.disconnect()
      return byStage(profile)
    },
  }
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[] | undefined
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined
}

function byStage({ nodes, samples = [], timeDeltas = [] }: Profile): Record<string, number> {
  const parents = new Map<number, ProfileNode>()
  const known = new Map(nodes.map((node) => [node.id, node]))
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node)
  const stages = new Map<number, string | undefined>()
  const total: Record<string, number> = {}
  samples.forEach((id, index) => {
    if (!stages.has(id)) stages.set(id, stageOf(known.get(id), parents))
    const stage = stages.get(id)
    if (stage !== undefined) total[stage] = (total[stage] ?? 0) + (timeDeltas[index] ?? 0) / 1000
  })
  return total
}

/** `core/agent/send.ts` counts for agent, what core/crypto does for whoever called it. */
const STAGES: readonly (readonly [RegExp, string])[] = [
  [/\/core\/(?:codec|crypto)\//, ''],
  [/\/core\/agent\/ratchet\//, 'ratchet'],
  [/\/core\/agent\/bulk\//, 'encryption'],
  [/\/core\/(?:store|.*\/(?:store|database))[./]|better-sqlite3|kysely/, 'store'],
  [/\/core\/(?:transport|env)\//, 'transport'],
  [/\/core\/smp\//, 'smp'],
  [/\/core\/(\w+)\//, '$1'],
]

/** Undefined where the thread did nothing. */
function stageOf(node: ProfileNode | undefined, parents: ReadonlyMap<number, ProfileNode>): string | undefined {
  let primitive: string | undefined
  for (let at = node; at !== undefined; at = parents.get(at.id)) {
    const { functionName, url } = at.callFrame
    if (functionName === '(idle)') return undefined
    if (functionName === '(garbage collector)') return 'memory'
    if (functionName === '(program)') return 'native'
    const [pattern, name] = STAGES.find(([candidate]) => candidate.test(url)) ?? []
    if (name === '') primitive = 'crypto'
    else if (pattern !== undefined) return name === '$1' ? pattern.exec(url)![1] : name
  }
  return primitive ?? 'sockets'
}
