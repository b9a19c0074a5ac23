/** The layers of docs/architecture.md: imports run downwards only. */
const layers = [
  ['codec', []],
  ['env', ['codec']],
  ['crypto', ['codec']],
  ['transport', ['codec', 'crypto', 'env']],
  ['smp', ['codec', 'crypto', 'env', 'transport']],
  ['store', ['codec', 'env']],
  ['router', ['codec', 'crypto', 'env', 'transport', 'smp']],
  ['agent', ['codec', 'crypto', 'env', 'transport', 'smp', 'store']],
  ['chat', ['codec', 'crypto', 'env', 'agent', 'store']],
  ['group', ['codec', 'crypto', 'env', 'agent', 'store', 'chat']],
  ['superpeer', ['codec', 'crypto', 'env', 'agent', 'store', 'chat', 'group']],
]

module.exports = {
  forbidden: [
    ...layers.map(([layer, below]) => ({
      name: `layer-${layer}`,
      severity: 'error',
      from: { path: `^core/${layer}/` },
      to: { path: '^core/', pathNot: `^core/(${[layer, ...below].join('|')})/` },
    })),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-knows-no-shell',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(electron|renderer|test|bench)/' },
    },
    { name: 'tests-stay-out', severity: 'error', from: { path: '^(core|bench)/' }, to: { path: '^test/' } },
    {
      name: 'renderer-knows-the-contract',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^core/', pathNot: '^core/host/contract' },
    },
    {
      name: 'shell-knows-the-contract',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^core/', pathNot: '^core/host/contract' },
    },
    {
      name: 'shell-knows-the-bridge',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^(renderer|test|bench|build)/', pathNot: '^renderer/runtime/(bridge|runtime)\\.ts$' },
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
