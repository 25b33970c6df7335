// Messages that come and go. One that can be undone stays ten seconds, one that says no stays until it is closed.
import htmx from './htmx.js'

const box = () => document.getElementById('toasts')
const STAY = { good: 5000, warn: 10000, bad: 0 }

export function toast({ text, tone = 'good', undo = '' }) {
  const note = document.createElement('div')
  note.className = `toast-note toast-${tone}`
  note.setAttribute('role', tone === 'bad' ? 'alert' : 'status')
  const words = document.createElement('span')
  words.textContent = text
  note.append(words)
  if (undo) note.append(undoButton(typeof undo === 'string' ? undo : undo.url, note))
  note.append(closeButton(note))
  box().append(note)
  leave(note, undo ? 10000 : STAY[tone])
}

function undoButton(url, note) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn-plain'
  button.textContent = box().dataset.undo
  button.addEventListener('click', () => {
    note.remove()
    htmx.ajax('POST', url, { swap: 'none', values: { command_id: number() } })
  })
  return button
}

function closeButton(note) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'toast-close'
  button.setAttribute('aria-label', box().dataset.close)
  button.textContent = '×'
  button.addEventListener('click', () => note.remove())
  return button
}

function leave(note, after) {
  if (!after) return
  let timer = setTimeout(() => note.remove(), after)
  note.addEventListener('pointerenter', () => clearTimeout(timer))
  note.addEventListener('pointerleave', () => (timer = setTimeout(() => note.remove(), 3000)))
}

// A random number for a command. crypto.randomUUID is missing on plain http, which plants use inside.
export function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

document.addEventListener('qitao:toast', (event) => toast(event.detail))
document.addEventListener('click', (event) => event.target.closest('.toast-close')?.closest('.toast-note')?.remove())
for (const note of box()?.children ?? []) {
  leave(note, note.classList.contains('toast-error') ? 0 : note.querySelector('form') ? 10000 : 5000)
}
