import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHost } from '../../state/host.ts'
import { numberOf, saveSettings, useSettings } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { lengthText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { isolate } from '../../ui/isolate.ts'
import { parsedNumber } from '../../ui/parsed-number.ts'
import { sizeText } from '../../ui/size.ts'
import css from './hosting.module.css'
import { isServed } from './standing.ts'
import { bytesForEveryone, timeToEveryone } from './time-to-everyone.ts'

const UPLINK = 'superPeer.uplink'

/** How long one message takes to all members of the largest group, at the uplink that the person knows of. */
export function Everyone() {
  const { t, i18n } = useTranslation()
  const settings = useSettings()
  const uplink = numberOf(settings, UPLINK)
  const largest = useHost((state) =>
    state.served
      .filter(isServed)
      .reduce<(typeof state.served)[number] | undefined>(
        (best, group) => (best === undefined || group.members > best.members ? group : best),
        undefined,
      ),
  )
  const { busy, failure, run } = useCall()
  const [typed, setTyped] = useState<string>()
  const value = typed ?? (uplink === 0 ? '' : uplink.toLocaleString(i18n.language, { useGrouping: false }))
  const range = settings?.ranges[UPLINK]
  const parsed = value.trim() === '' ? 0 : parsedNumber(value)
  const wrong = parsed === undefined || (range !== undefined && (parsed < range.min || parsed > range.max))

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (wrong) return
    if (await run(() => saveSettings({ [UPLINK]: parsed }))) setTyped(undefined)
  }

  return (
    <section className={css.section} aria-label={t('serve.everyone.title')}>
      <h2>{t('serve.everyone.title')}</h2>
      <div className={css.card}>
        <p>
          {largest === undefined || largest.members === 0
            ? t('serve.everyone.nobody')
            : uplink === 0
              ? t('serve.everyone.unknown', {
                  group: isolate(largest.name),
                  number: largest.members.toLocaleString(i18n.language),
                  size: sizeText(bytesForEveryone(largest.members), i18n.language),
                })
              : t('serve.everyone.known', {
                  group: isolate(largest.name),
                  number: largest.members.toLocaleString(i18n.language),
                  size: sizeText(bytesForEveryone(largest.members), i18n.language),
                  time: lengthText(timeToEveryone(largest.members, uplink), i18n.language),
                })}
        </p>
        <form className={css.inline} onSubmit={save}>
          <TextField
            label={t('serve.everyone.uplink')}
            hint={t('serve.everyone.hint')}
            error={wrong ? t('serve.everyone.wrong') : undefined}
            inputMode="decimal"
            autoComplete="off"
            value={value}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" busy={busy} disabled={typed === undefined || wrong || parsed === uplink}>
            {t('action.save')}
          </Button>
        </form>
        <FailureNote failure={failure} />
      </div>
    </section>
  )
}
