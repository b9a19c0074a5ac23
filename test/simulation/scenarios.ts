import type { Scenario } from './scenario.ts'
import { agents } from './scenarios/agents.ts'
import { away, group, replace, swap } from './scenarios/group.ts'
import { queues } from './scenarios/queues.ts'

export const SCENARIOS: readonly Scenario[] = [queues, agents, group, away, replace, swap]
