import { Camera, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from './avatar.tsx'
import { Button } from './button.tsx'
import css from './picture.module.css'
import { shrinkPicture } from './shrink.ts'

interface PicturePickerProps {
  readonly name: string
  readonly image: string | undefined
  readonly onChange: (image: string | undefined) => void
}

/** Choosing, replacing and removing the picture of a person or group. */
export function PicturePicker({ name, image, onChange }: PicturePickerProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [failed, setFailed] = useState(false)

  async function take(file: File | undefined): Promise<void> {
    if (file === undefined) return
    try {
      onChange(await shrinkPicture(file))
      setFailed(false)
    } catch {
      setFailed(true)
    }
  }

  return (
    <div className={css.picture}>
      <Avatar name={name} image={image} size={72} />
      <div className={css.buttons}>
        <Button icon={<Camera size={18} aria-hidden="true" />} onClick={() => input.current?.click()}>
          {t(image === undefined ? 'picture.choose' : 'picture.change')}
        </Button>
        {image !== undefined && (
          <Button look="quiet" icon={<X size={18} aria-hidden="true" />} onClick={() => onChange(undefined)}>
            {t('picture.remove')}
          </Button>
        )}
      </div>
      <input
        ref={input}
        className="visually-hidden"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label={t('picture.choose')}
        onChange={(event) => take(event.currentTarget.files?.[0])}
      />
      {failed && <p role="alert">{t('picture.failed')}</p>}
    </div>
  )
}
