import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../../../ui/page.tsx'
import css from './wizard.module.css'

const STEPS = ['about', 'superPeers', 'progress', 'share'] as const
export type Step = (typeof STEPS)[number]

interface WizardProps {
  readonly step: Step
  readonly back: string
  readonly children: ReactNode
}

/** The frame of the four steps of creating a group. */
export function Wizard({ step, back, children }: WizardProps) {
  const { t } = useTranslation()
  const current = STEPS.indexOf(step)
  return (
    <Page title={t('groups.create.title')} back={back} narrow>
      <ol className={css.steps} aria-label={t('groups.create.steps')}>
        {STEPS.map((name, index) => (
          <li key={name} data-done={index < current} aria-current={index === current ? 'step' : undefined}>
            {t(`groups.create.step.${name}`)}
          </li>
        ))}
      </ol>
      {children}
    </Page>
  )
}

/** What ends a step: the way out at one side, the way on at the other. */
export function WizardActions({ out, on }: { readonly out: ReactNode; readonly on: ReactNode }) {
  return (
    <div className={css.actions}>
      {out}
      <div className={css.on}>{on}</div>
    </div>
  )
}
