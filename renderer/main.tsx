import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startNotices } from './features/chats/notices.ts'
import { startTranslation } from './i18n/i18n.ts'
import { RuntimeContext } from './runtime/context.ts'
import { selectRuntime } from './runtime/select.ts'
import { startAppearance } from './state/preferences.ts'
import { start } from './state/start.ts'
import './ui/tokens.css'
import './ui/base.css'

const runtime = selectRuntime()
startAppearance()
await startTranslation()
start(runtime)
startNotices(runtime)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <RuntimeContext value={runtime}>
      <App />
    </RuntimeContext>
  </StrictMode>,
)
