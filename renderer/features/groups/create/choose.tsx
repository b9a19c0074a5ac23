import { useTranslation } from 'react-i18next'
import { Redirect, useLocation } from 'wouter'
import { api } from '../../../state/api.ts'
import { useHost } from '../../../state/host.ts'
import { useKnown } from '../../../state/known.ts'
import { Button } from '../../../ui/button.tsx'
import { useCall } from '../../../ui/call.ts'
import { ChoiceHint } from '../../superpeers/choice-hint.tsx'
import { Picker } from '../../superpeers/picker.tsx'
import { suggestion } from '../../superpeers/suggest.ts'
import { takeGroup } from '../take-group.ts'
import { clearDraft, setDraft, useDraft } from './draft.ts'
import css from './wizard.module.css'
import { Wizard, WizardActions } from './wizard.tsx'

/** Step 2: who passes its messages on. */
export function Choose() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const draft = useDraft()
  const known = useKnown()
  const own = useHost((state) => state.address)
  const profile = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer)?.id)
  const { busy, failure, run } = useCall()
  if (draft.displayName.trim() === '' && !busy) return <Redirect to="/groups/new" replace />
  const suggested = known === undefined ? [] : suggestion(known, own)
  const selected = draft.superPeers ?? suggested

  async function create(): Promise<void> {
    if (profile === undefined) return
    const { displayName, description, image, writers, history } = draft
    await run(async () => {
      const group = await takeGroup(() =>
        api().groups.create({
          profile,
          displayName: displayName.trim(),
          ...(description.trim() === '' ? {} : { description: description.trim() }),
          ...(image === undefined ? {} : { image }),
          writers,
          history,
          superPeers: [...selected],
        }),
      )
      navigate(`/groups/${group.id}/setup`, { replace: true })
      clearDraft()
    })
  }

  return (
    <Wizard step="superPeers" back="/groups/new">
      <p className={css.lead}>
        {t('groups.create.superPeersLead')}
        {suggested.length > 0 && ` ${t('groups.create.suggested')}`}
      </p>
      {known !== undefined && (
        <>
          <Picker known={known} selected={selected} onChange={(superPeers) => setDraft({ superPeers })} />
          <ChoiceHint known={known} addresses={selected} writers={draft.writers} />
        </>
      )}
      <WizardActions
        failure={failure}
        out={
          <Button look="quiet" disabled={busy} onClick={() => navigate('/groups/new')}>
            {t('action.back')}
          </Button>
        }
        on={
          <Button look="primary" busy={busy} disabled={selected.length === 0} onClick={create}>
            {t('groups.create.begin')}
          </Button>
        }
      />
    </Wizard>
  )
}
