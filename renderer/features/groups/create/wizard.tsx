import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Failure } from '../../../host/errors.ts'
import { FailureNote } from '../../../ui/failure.tsx'
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

interface WizardActionsProps {
  readonly out: ReactNode
  readonly on: ReactNode
  /** Why the way on is closed. */
  readonly failure?: Failure | undefined
}

/** What ends a step, always in sight: the way out at one side, the way on at the other. */
export function WizardActions({ out, on, failure }: WizardActionsProps) {
  return (
    <div className={css.actions}>
      {failure !== undefined && (
        <div className={css.failure}>
          <FailureNote failure={failure} />
        </div>
      )}
      {out}
      <div className={css.on}>{on}</div>
    </div>
  )
}
