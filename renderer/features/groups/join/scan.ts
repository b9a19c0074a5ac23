interface Detector {
  detect(image: ImageBitmap): Promise<readonly { readonly rawValue: string }[]>
}

declare global {
  interface Window {
    /** Not in every browser. */
    readonly BarcodeDetector?: new (options: {
      readonly formats: readonly string[]
    }) => Detector
  }
}

export const CAN_SCAN = 'BarcodeDetector' in window

/** The text of the QR code in a picture; undefined where none is found. */
export async function scanPicture(picture: Blob): Promise<string | undefined> {
  if (window.BarcodeDetector === undefined) return undefined
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] })
  try {
    const [found] = await detector.detect(await createImageBitmap(picture))
    return found?.rawValue
  } catch {
    return undefined
  }
}
