import { ImageUp, Link2 } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import { findLink, kindOf } from './link.ts'
import css from './link-entry.module.css'
import { CAN_SCAN, scanPicture } from './scan.ts'

interface LinkEntryProps {
  /** What was given and is no link of a group or person. */
  readonly begin: string
  readonly onLink: (link: string) => void
}

type Problem = 'none' | 'super-peer' | 'page' | 'picture'

/** Paste, drop or type a link; a picture of its QR code does as well. */
export function LinkEntry({ begin, onLink }: LinkEntryProps) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const file = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(begin)
  const [problem, setProblem] = useState<Problem | undefined>(() => problemOf(begin))
  const [over, setOver] = useState(false)

  /** False where it is no link of a group or person. */
  function take(given: string): boolean {
    setText(given)
    const link = findLink(given)
    const wrong = given.trim() === '' ? undefined : problemOf(given)
    setProblem(wrong)
    if (link === undefined || wrong !== undefined) return false
    onLink(link)
    return true
  }

  async function takePicture(picture: Blob): Promise<void> {
    const found = await scanPicture(picture)
    if (found === undefined) setProblem('picture')
    else take(found)
  }

  function paste(event: ClipboardEvent): void {
    const picture = [...event.clipboardData.files].find(({ type }) => type.startsWith('image/'))
    const pasted = event.clipboardData.getData('text')
    if (picture !== undefined && CAN_SCAN) void takePicture(picture)
    else if (findLink(pasted) === undefined || !take(pasted)) return
    event.preventDefault()
  }

  function drop(event: DragEvent): void {
    event.preventDefault()
    setOver(false)
    const picture = [...event.dataTransfer.files].find(({ type }) => type.startsWith('image/'))
    if (picture !== undefined) void takePicture(picture)
    else take(event.dataTransfer.getData('text/uri-list') || event.dataTransfer.getData('text'))
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    take(text)
  }

  return (
    <form
      className={css.entry}
      data-over={over}
      onSubmit={submit}
      onPaste={paste}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      noValidate
    >
      <span className={css.glyph} aria-hidden="true">
        <Link2 size={28} />
      </span>
      <p className={css.lead}>{t('groups.join.lead')}</p>
      <div className={css.field}>
        <TextField
          label={t('groups.join.link')}
          value={text}
          placeholder="https://…/c#…"
          autoFocus
          spellCheck={false}
          autoComplete="off"
          error={problem === undefined ? undefined : t(`groups.join.problem.${problem}`)}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setProblem(undefined)
          }}
        />
      </div>
      <div className={css.actions}>
        <Button type="submit" look="primary" disabled={text.trim() === ''}>
          {t('action.next')}
        </Button>
        {CAN_SCAN && (
          <Button icon={<ImageUp size={18} aria-hidden="true" />} onClick={() => file.current?.click()}>
            {t('groups.join.picture')}
          </Button>
        )}
        {problem === 'super-peer' && (
          <Button onClick={() => navigate(`/super-peers/new?address=${encodeURIComponent(text.trim())}`)}>
            {t('groups.join.addSuperPeer')}
          </Button>
        )}
      </div>
      <input
        ref={file}
        className="visually-hidden"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label={t('groups.join.picture')}
        onChange={(event) => {
          const picture = event.currentTarget.files?.[0]
          if (picture !== undefined) void takePicture(picture)
        }}
      />
    </form>
  )
}

function problemOf(text: string): Problem | undefined {
  if (text.trim() === '') return undefined
  const link = findLink(text)
  if (link === undefined) return 'none'
  const kind = kindOf(link)
  return kind === 'group' || kind === 'person' ? undefined : kind
}
