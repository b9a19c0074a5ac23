import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupFile, DrillResult } from '../../../core/host/contract/backup.ts'
import { api } from '../../state/api.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip, type Tone } from '../../ui/chip.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import css from './backup.module.css'
import { Summary } from './summary.tsx'

/** The drill: what a file could bring back today, without touching anything. */
export function CheckBackup({ files }: { readonly files: readonly BackupFile[] }) {
  const { t } = useTranslation()
  const [path, setPath] = useState<string>()
  const [passphrase, setPassphrase] = useState('')
  const [result, setResult] = useState<DrillResult>()
  const { busy, failure, run } = useCall()
  const shown = path ?? files[0]?.path ?? ''

  async function check(event: FormEvent): Promise<void> {
    event.preventDefault()
    setResult(undefined)
    await run(async () => setResult(await api().backup.drill({ path: shown.trim(), passphrase })))
  }

  return (
    <Section title={t('backup.check.title')} hint={t('backup.check.hint')}>
      <form className={css.form} onSubmit={check}>
        <TextField
          label={t('backup.check.file')}
          hint={t('backup.pathHint')}
          list="backup-files"
          value={shown}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <datalist id="backup-files">
          {files.map((file) => (
            <option key={file.path} value={file.path} />
          ))}
        </datalist>
        <TextField
          label={t('backup.check.passphrase')}
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        <FailureNote failure={failure} />
        <div className={css.buttons}>
          <Button type="submit" busy={busy} disabled={shown.trim() === '' || passphrase === ''}>
            {t('backup.check.action')}
          </Button>
        </div>
        <div role="status">{result !== undefined && <Result result={result} />}</div>
      </form>
    </Section>
  )
}

const TONES: Readonly<Record<DrillResult['groups'][number]['result'], Tone>> = {
  controlled: 'good',
  keyless: 'danger',
  gone: 'off',
  unknown: 'warning',
}

function Result({ result }: { readonly result: DrillResult }) {
  const { t } = useTranslation()
  return (
    <div className={css.result}>
      <Summary summary={result.summary} />
      <ul className={css.rows}>
        {result.groups.map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups may share a name, and the list never changes
          <li key={index} className={css.row}>
            <bdi className={css.name}>{group.name}</bdi>
            <span className={css.end}>
              <StateChip tone={TONES[group.result]} text={t(`backup.check.result.${group.result}`)} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
