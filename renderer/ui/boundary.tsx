import { Component, type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useHost } from '../state/host.ts'
import { Button } from './button.tsx'
import css from './starting.module.css'

interface BoundaryProps {
  /** Where the window is: what failed is tried again somewhere else. */
  readonly at: string
  readonly children: ReactNode
}

interface BoundaryState {
  readonly error?: unknown
}

/** A screen that breaks, or whose code cannot be had, takes nothing else with it. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = {}

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error }
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.at !== this.props.at && 'error' in this.state) this.setState({ error: undefined })
  }

  override render(): ReactNode {
    const { error } = this.state
    return error === undefined ? this.props.children : <Broken missing={isMissing(error)} />
  }
}

/** Code of the interface that did not arrive: the host is away, or has a newer interface than the one that is open. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module|preload css/i.test(error.message)
}

const RELOADED = 'hearth-reloaded'
/** A reload that did not help is not done again by itself within this time. */
const HELPED = 30_000

function Broken({ missing }: { readonly missing: boolean }) {
  const { t } = useTranslation()
  const online = useHost((state) => state.connection === 'online')

  useEffect(() => {
    if (!missing || !online || Date.now() - Number(sessionStorage.getItem(RELOADED)) < HELPED) return
    sessionStorage.setItem(RELOADED, String(Date.now()))
    window.location.reload()
  }, [missing, online])

  if (missing && !online) {
    return (
      <main className={css.starting}>
        <p role="status">{t('broken.waiting')}</p>
      </main>
    )
  }
  return (
    <main className={css.starting}>
      <h1>{t('broken.title')}</h1>
      <p role="alert">{t('broken.text')}</p>
      <Button look="primary" onClick={() => window.location.reload()}>
        {t('broken.again')}
      </Button>
    </main>
  )
}
