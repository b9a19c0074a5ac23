import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Section } from '../../ui/page.tsx'
import { hostOf } from './router-text.ts'
import css from './settings.module.css'
import type { RouterChoice } from './use-routers.ts'

/** Routers of operators, to be chosen one by one or as they are suggested. */
export function RouterPresets({ routers }: { readonly routers: RouterChoice }) {
  const { t } = useTranslation()
  const { busy, failure, run } = useCall()
  const operators = Map.groupBy(routers.presets, ({ operator }) => operator)
  const suggested = routers.presets.filter(({ enabled }) => enabled).map(({ address }) => address)
  const all = suggested.every((address) => routers.isChosen(address))
  return (
    <Section title={t('settings.routers.presets')} hint={t('settings.routers.presetsHint')}>
      {[...operators].map(([operator, presets]) => (
        <details key={operator} className={css.details}>
          <summary>
            {operator}{' '}
            <span className={css.muted}>
              {t('settings.routers.chosenOf', {
                count: presets.filter(({ address }) => routers.isChosen(address)).length,
                all: presets.length,
              })}
            </span>
          </summary>
          <ul className={css.rows}>
            {presets.map(({ address }) => (
              <li key={address} className={css.row}>
                <label className={css.check}>
                  <input
                    type="checkbox"
                    checked={routers.isChosen(address)}
                    disabled={busy || routers.fixed}
                    onChange={(event) => {
                      const { checked } = event.currentTarget
                      void run(() => (checked ? routers.add([address]) : routers.remove([address])))
                    }}
                  />
                  {hostOf(address)}
                </label>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <FailureNote failure={failure} />
      {!routers.fixed && !all && (
        <div className={css.buttons}>
          <Button busy={busy} onClick={() => run(() => routers.add(suggested))}>
            {t('settings.routers.useSuggested')}
          </Button>
        </div>
      )}
    </Section>
  )
}
