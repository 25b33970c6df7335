// Reading a code with the camera, where there is no scanner. The reader's WebAssembly is served by us, never by a CDN.
import { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { scanned, sound } from './scan.js'

prepareZXingModule({ overrides: { locateFile: (path, prefix) => (path.endsWith('.wasm') ? wasmUrl : prefix + path) } })

export async function read(button) {
  const dialog = document.createElement('dialog')
  dialog.className = 'camera'
  const video = document.createElement('video')
  video.playsInline = video.muted = true
  const close = document.createElement('button')
  close.className = 'btn'
  close.textContent = button.dataset.close || '×'
  dialog.append(video, close)
  document.body.append(dialog)
  dialog.showModal()
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  } catch {
    dialog.remove()
    document.dispatchEvent(new CustomEvent('qitao:toast', { detail: { text: button.dataset.refused, tone: 'bad' } }))
    return
  }
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
    dialog.remove()
  }
  dialog.addEventListener('close', stop)
  close.addEventListener('click', () => dialog.close())
  video.srcObject = stream
  await video.play()
  const code = await watch(video, dialog)
  if (!code) return
  sound('good')
  dialog.close()
  scanned(code)
}

async function watch(video, dialog) {
  const detector = new BarcodeDetector()
  while (dialog.open) {
    const [found] = await detector.detect(video)
    if (found) return found.rawValue
    await new Promise((resume) => setTimeout(resume, 120))
  }
  return ''
}
