import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runDemo } = await import('./run-demo.ts')
await runDemo(process.argv)
