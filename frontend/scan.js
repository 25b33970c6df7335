// On pages that read barcodes with the camera; the reader's WebAssembly is served by us, never by a CDN.
import { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

prepareZXingModule({ overrides: { locateFile: (path, prefix) => (path.endsWith('.wasm') ? wasmUrl : prefix + path) } })
window.BarcodeDetector = window.BarcodeDetector ?? BarcodeDetector
