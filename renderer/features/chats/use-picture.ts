import { type ClipboardEvent, type DragEvent, useState } from 'react'
import { shrinkPreview } from '../../ui/shrink-preview.ts'

/** A picture on its way into the next message: chosen, pasted or dropped. */
export interface PictureDraft {
  /** Data URI, small enough to be sent. */
  readonly image: string | undefined
  readonly busy: boolean
  /** The last file was no picture, or none that can be made small enough. */
  readonly failed: boolean
  /** Something is held over the conversation. */
  readonly over: boolean
  take(file: Blob | undefined): Promise<void>
  clear(): void
  /** One that could not be sent, unless another was taken since. */
  takeBack(image: string): void
  onPaste(event: ClipboardEvent): void
  readonly drop: {
    onDragOver(event: DragEvent): void
    onDragLeave(event: DragEvent): void
    onDrop(event: DragEvent): void
  }
}

export function usePicture(enabled: boolean): PictureDraft {
  const [image, setImage] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const [over, setOver] = useState(false)

  async function take(file: Blob | undefined): Promise<void> {
    if (file === undefined || !enabled) return
    setBusy(true)
    setFailed(false)
    try {
      setImage(await shrinkPreview(file))
    } catch {
      setFailed(true)
    } finally {
      setBusy(false)
    }
  }

  return {
    image,
    busy,
    failed,
    over,
    take,
    clear() {
      setImage(undefined)
      setFailed(false)
    },
    takeBack: (unsent) => setImage((current) => current ?? unsent),
    onPaste(event) {
      const file = pictureIn(event.clipboardData)
      if (file === undefined || !enabled) return
      event.preventDefault()
      void take(file)
    },
    drop: {
      onDragOver(event) {
        if (!enabled || !event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      },
      onDrop(event) {
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file === undefined) return
        event.preventDefault()
        void take(pictureIn(event.dataTransfer) ?? file)
      },
    },
  }
}

function pictureIn(data: DataTransfer): File | undefined {
  return [...data.files].find(({ type }) => type.startsWith('image/'))
}
