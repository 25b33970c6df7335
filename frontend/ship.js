// Shipping with a scanner: a bin or a lot takes from there what the line still lacks; an item says where to go.
import { labelled } from './gs1.js'
import { sound } from './scan.js'

const tidy = (code) => code.normalize('NFKC').trim().toUpperCase()
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name])
const number = (text) => Number(String(text).replaceAll(',', '')) || 0

let goes = 0
function tell(tone, text) {
  sound(tone === 'sent' ? 'tick' : tone)
  const place = document.getElementById('said')
  clearTimeout(goes)
  if (tone === 'sent') goes = setTimeout(() => (place.hidden = true), 4000)
  place.hidden = false
  place.className = `said said-${tone}`
  const shape = document.createElement('span')
  shape.className = 'said-shape'
  shape.setAttribute('aria-hidden', 'true')
  const words = document.createElement('span')
  words.className = 'said-words'
  words.textContent = text
  place.replaceChildren(shape, words)
}

document.addEventListener('qitao:scan', (event) => {
  const form = document.querySelector('[data-ship]')
  if (!form || event.defaultPrevented || document.querySelector('dialog[open]')) return
  event.preventDefault()
  scanned(form, event.detail.code)
})

function scanned(form, code) {
  const label = labelled(code)
  const wanted = tidy(code)
  const lines = [...form.querySelectorAll('[data-shipping]')]
  const items = lines.filter((each) => tidy(each.dataset.shipping) === tidy(label.item || code))
  const among = (items.length ? items : lines).flatMap((each) => [...each.querySelectorAll('.ship-place')])
  const lot = tidy(label.lot || '')
  const named = (each) => (lot ? tidy(each.dataset.lot) === lot : [each.dataset.bin, each.dataset.place, each.dataset.lot].some((name) => name && tidy(name) === wanted))
  const places = among.filter(named)
  // of one item that several lines want, the line that lacks something
  const place = places.find((each) => lacking(each) > 0) ?? places[0]
  if (place) return take(form, place)
  if (!items.length || lot) return tell('bad', fill(form.dataset.sayUnknown, { scanned: code }))
  const line = items.find((each) => !each.querySelector('[data-ship-take]').checked) ?? items[0]
  const first = [...line.querySelectorAll('.ship-place')].find((each) => number(each.querySelector('input').value)) ?? line.querySelector('.ship-place')
  if (!first) return tell('warn', fill(form.dataset.sayNone, { item: line.dataset.shipping }))
  tick(form, line)
  tell('sent', fill(form.dataset.sayItem, { item: line.dataset.shipping, place: first.dataset.bin }))
}

function lacking(place) {
  const line = place.closest('[data-shipping]')
  const taken = [...line.querySelectorAll('.ship-place input')].reduce((sum, each) => sum + number(each.value), 0)
  return tidied(number(line.dataset.left) - taken)
}

// A scanned place gives what the line lacks. Where it lacks nothing, what was proposed elsewhere is taken here instead:
// whoever scans a bin stands before it.
function take(form, place) {
  const line = place.closest('[data-shipping]')
  const field = place.querySelector('input')
  if (!number(field.value)) {
    const short = lacking(place)
    const wanted = Math.min(number(field.dataset.free), short > 0 ? short : number(line.dataset.left))
    const given = short > 0 ? wanted : spared(line, place, wanted)
    field.value = given || ''
  }
  place.classList.add('is-scanned')
  tick(form, line)
  place.scrollIntoView({ block: 'center' })
  tell(number(field.value) ? 'sent' : 'warn', fill(form.dataset.sayPlace, { quantity: field.value || 0, item: line.dataset.shipping, place: place.dataset.bin }))
}

// Take up to `wanted` off the places not scanned yet, the last proposed first; return how much that was.
function spared(line, place, wanted) {
  let open = wanted
  for (const other of [...line.querySelectorAll('.ship-place:not(.is-scanned)')].reverse()) {
    const field = other.querySelector('input')
    const part = other === place ? 0 : Math.min(open, number(field.value))
    if (part) field.value = tidied(number(field.value) - part) || ''
    open = tidied(open - part)
  }
  return tidied(wanted - open)
}
const tidied = (value) => Number(value.toFixed(6))

function tick(form, line) {
  const box = line.querySelector('[data-ship-take]')
  if (!box.disabled) box.checked = true
  mark(form)
}

function mark(form) {
  const boxes = [...form.querySelectorAll('[data-ship-take]')]
  for (const box of boxes) box.closest('[data-shipping]').classList.toggle('is-taken', box.checked)
  const ticked = boxes.filter((box) => box.checked).length
  form.querySelector('[data-ship-ticked]').textContent = `${ticked} / ${boxes.length}`
}

document.addEventListener('change', (event) => {
  const form = event.target.closest('[data-ship]')
  if (!form) return
  if (event.target.matches('.ship-place input')) tick(form, event.target.closest('[data-shipping]')) // who fills it in takes it
  mark(form)
})
const shipping = document.querySelector('[data-ship]')
if (shipping) mark(shipping)
