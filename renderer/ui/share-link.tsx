import { ImageDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useRuntime } from '../runtime/context.ts'
import { Button } from './button.tsx'
import { useCall } from './call.ts'
import { CopyButton } from './copy.tsx'
import { FailureNote } from './failure.tsx'
import { linkPicture } from './link-picture.ts'
import { LinkText } from './link-text.tsx'
import { Qr } from './qr.tsx'
import css from './share-link.module.css'

interface ShareLinkProps {
  readonly link: string
  /** What the link leads to; stands above the code in the picture. */
  readonly name: string
  /** Of the picture, without its ending. */
  readonly fileName: string
  readonly texts: { readonly code: string; readonly copy: string; readonly save: string }
  /** Further buttons, behind the one that copies. */
  readonly children?: ReactNode
}

/** A link of one's own: to scan, to copy, to keep as a picture. */
export function ShareLink({ link, name, fileName, texts, children }: ShareLinkProps) {
  const runtime = useRuntime()
  const { failure, run } = useCall()
  return (
    <div className={css.share}>
      <Qr text={link} label={texts.code} />
      <div className={css.text}>
        <LinkText link={link} />
        <div className={css.actions}>
          <CopyButton text={link} label={texts.copy} />
          {children}
          <Button
            icon={<ImageDown size={18} aria-hidden="true" />}
            onClick={() => run(async () => runtime.saveFile(`${fileName}.png`, await linkPicture(name, link)))}
          >
            {texts.save}
          </Button>
        </div>
        <FailureNote failure={failure} />
      </div>
    </div>
  )
}
