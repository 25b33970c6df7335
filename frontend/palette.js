// Ctrl-K or /: pages and records, as one types.
import { open } from './frame.js'
import { key } from './keys.js'

const dialog = document.getElementById('palette')
const field = document.getElementById('palette-q')
const found = document.getElementById('palette-found')
let timer = 0
let asked = null

function show() {
  const listed = document.querySelector('[data-list-search]')
  open(dialog)
  field.value = ''
  if (listed && listed === document.activeElement) field.value = listed.value
  ask()
}

async function ask() {
  asked?.abort()
  asked = new AbortController()
  const url = `${field.dataset.url}?q=${encodeURIComponent(field.value)}`
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { 'X-Requested-With': 'fetch' } })
    if (!answer.ok) return
    found.innerHTML = await answer.text()
    mark(found.querySelector('[role=option]'))
  } catch (stopped) {
    if (stopped.name !== 'AbortError') found.replaceChildren()
  }
}

function mark(option) {
  found.querySelector('[aria-selected=true]')?.setAttribute('aria-selected', 'false')
  option?.setAttribute('aria-selected', 'true')
  option?.scrollIntoView({ block: 'nearest' })
  field.setAttribute('aria-activedescendant', option?.id ?? '')
}

function step(by) {
  const options = [...found.querySelectorAll('[role=option]')]
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
  mark(options[(at + by + options.length) % options.length])
}

if (dialog) {
  document.addEventListener('click', (event) => event.target.closest('[data-palette-open]') && show())
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      show()
    }
  })
  key('/', show)
  field.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, 60)
  })
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Escape') dialog.close() // a search field would only empty itself
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      step(event.key === 'ArrowDown' ? 1 : -1)
    }
    if (event.key === 'Enter') {
      const chosen = found.querySelector('[aria-selected=true]')
      if (chosen) {
        event.preventDefault()
        window.location.assign(chosen.href)
      }
    }
  })
}
