import { keepCompiled } from './compile-cache.ts'

keepCompiled()
const { runDemo } = await import('./run-demo.ts')
await runDemo(process.argv)
