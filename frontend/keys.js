// Single keys: / searches, ? lists them, G and a letter goes somewhere. Silent while typing and during a scan.
import { open } from './frame.js'

const OFF = 'qitao.keys.off'
let waiting = 0

export function typing(target) {
  return target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]')
}

// A key may be the first of a scan: it acts only when no other follows at the speed of a scanner.
let pending = null
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
  if (document.querySelector('dialog[open]') || localStorage.getItem(OFF)) return
  if (event.key.length > 1 && event.key !== 'Enter') return
  if (event.key === '/' || event.key === '?') event.preventDefault()
  if (pending) clearTimeout(pending.timer)
  const burst = pending && performance.now() - pending.at < 35
  pending = { at: performance.now(), timer: burst ? 0 : setTimeout(() => act(event), 40) }
})

const actions = []
export function key(name, action) {
  actions.push([name, action])
}

function act(event) {
  pending = null
  if (waiting && performance.now() - waiting < 1200) {
    waiting = 0
    const link = document.querySelector(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`)
    if (link) return link.click()
  }
  if (event.key === 'g') return void (waiting = performance.now())
  if (event.key === '?') return open(document.getElementById('keys'))
  for (const [name, action] of actions) if (name === event.key || name === event.key.toLowerCase()) action(event)
}

const box = document.querySelector('[data-keys-switch]')
if (box) {
  box.checked = !localStorage.getItem(OFF)
  box.addEventListener('change', () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1')))
}
