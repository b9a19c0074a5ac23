import { Image as ImageIcon } from 'lucide-react'
import css from './avatar.module.css'

interface AvatarProps {
  readonly name: string
  readonly image: string | undefined
  /** Pixels. */
  readonly size?: number
}

/** The picture of a person or group, or the first letter of its name on a colour of its own. */
export function Avatar({ name, image, size = 40 }: AvatarProps) {
  const style = { width: size, height: size, fontSize: size * 0.42 }
  if (image !== undefined && image !== '') {
    return <img className={css.avatar} style={style} src={image} alt="" aria-hidden="true" />
  }
  const letter = [...name.trim()][0]?.toLocaleUpperCase()
  return (
    <span className={css.avatar} style={style} data-hue={hueOf(name)} aria-hidden="true">
      {letter ?? <ImageIcon size={size * 0.4} />}
    </span>
  )
}

const HUES = 8

/** Which of the tints of a theme belongs to a name. */
export function hueOf(name: string): number {
  if (name === '') return 0
  let hash = 0x811c9dc5
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  // Names that differ in their last letter alone differ in colour, too.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) % HUES
}
