// Scan anywhere. A scanner types faster than people: characters less than 35 ms apart, at least four of them, ended by
// Enter, Tab or 60 ms of silence. Keys are read by their place (event.code), so that an input method or Caps Lock
// changes nothing. A scan is the event `qitao:scan` on the document; what nobody takes is looked up on the server.
const GAP = 35
const SILENCE = 60
const LEAST = 4

const SHIFTED = {
  Digit1: '!', Digit2: '@', Digit3: '#', Digit4: '$', Digit5: '%', Digit6: '^', Digit7: '&', Digit8: '*', Digit9: '(',
  Digit0: ')', Minus: '_', Equal: '+', BracketLeft: '{', BracketRight: '}', Backslash: '|', Semicolon: ':', Quote: '"',
  Comma: '<', Period: '>', Slash: '?', Backquote: '~',
}
const BARE = {
  Minus: '-', Equal: '=', BracketLeft: '[', BracketRight: ']', Backslash: '\\', Semicolon: ';', Quote: "'", Comma: ',',
  Period: '.', Slash: '/', Backquote: '`', Space: ' ', NumpadAdd: '+', NumpadSubtract: '-', NumpadMultiply: '*',
  NumpadDivide: '/', NumpadDecimal: '.',
}
const GROUP_SEPARATOR = '\u001d' // between the fields of a GS1 code; scanners send it as Ctrl+]

let letters = ''
let at = 0
let timer = 0
let field = null // the field that was being filled, and what it held before
let before = ''

function letterOf(event) {
  const { code, shiftKey, ctrlKey, altKey, metaKey } = event
  if (ctrlKey && code === 'BracketRight') return GROUP_SEPARATOR
  if (ctrlKey || altKey || metaKey) return ''
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase()
  if (/^Digit\d$/.test(code)) return shiftKey ? SHIFTED[code] : code[5]
  if (/^Numpad\d$/.test(code)) return code[6]
  if (code in BARE) return (shiftKey && SHIFTED[code]) || BARE[code]
  return !code && event.key.length === 1 ? event.key : '' // some hand-helds send no code
}

document.addEventListener('keydown', (event) => {
  if (event.repeat) return forget()
  const now = performance.now()
  if (letters && now - at > GAP) forget()
  const isEnd = event.code === 'Enter' || event.code === 'NumpadEnter' || event.code === 'Tab'
  if (isEnd) {
    if (letters.length >= LEAST) {
      event.preventDefault()
      event.stopImmediatePropagation()
      finish()
    } else forget()
    return
  }
  const letter = letterOf(event)
  if (!letter) return
  if (!letters) remember(event.target)
  letters += letter
  at = now
  clearTimeout(timer)
  timer = setTimeout(finish, SILENCE)
  if (letters.length >= LEAST && !field) {
    event.preventDefault()
    event.stopImmediatePropagation() // no shortcut is meant
  }
}, true)

function remember(target) {
  field = target.matches?.('input, textarea') ? target : null
  before = field ? field.value : ''
}

function forget() {
  letters = ''
  clearTimeout(timer)
}

function finish() {
  const code = letters
  forget()
  if (code.length < LEAST) return
  if (field) {
    if (field.hasAttribute('data-scan-here')) return // it wants the letters themselves
    field.value = before
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  scanned(code)
}

// Scans wait for the one before them: a page that is busy loses none.
const queue = []
let busy = false
export function scanned(code) {
  queue.push(code)
  if (!busy) next()
}

async function next() {
  busy = true
  while (queue.length) {
    const event = new CustomEvent('qitao:scan', { detail: { code: queue.shift(), wait: [] }, cancelable: true })
    if (document.dispatchEvent(event)) await look(event.detail.code)
    else await Promise.allSettled(event.detail.wait)
  }
  busy = false
}

async function look(code) {
  window.location.assign(`/scan/?code=${encodeURIComponent(code)}`)
}

// Tones that cannot be taken for one another, and a shake for gloved hands.
let audio = null
const TONES = { tick: [[990, 0.035]], good: [[1320, 0.07]], warn: [[660, 0.09], [660, 0.09]], bad: [[196, 0.32]] }
export function sound(tone) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(tone === 'tick' ? 15 : tone === 'good' ? 40 : tone === 'warn' ? [60, 60, 60] : 300)
  try {
    audio ??= new AudioContext()
    let start = audio.currentTime
    for (const [pitch, length] of TONES[tone]) {
      const voice = audio.createOscillator()
      const volume = audio.createGain()
      voice.type = tone === 'bad' ? 'square' : 'sine'
      voice.frequency.value = pitch
      volume.gain.setValueAtTime(0.18, start)
      volume.gain.exponentialRampToValueAtTime(0.001, start + length)
      voice.connect(volume).connect(audio.destination)
      voice.start(start)
      voice.stop(start + length)
      start += length + 0.05
    }
  } catch {
    // no sound until the first touch; the screen says it too
  }
}
document.addEventListener('qitao:sound', (event) => sound(event.detail.tone))
