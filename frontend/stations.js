// Receiving and counting with a scanner: what is scanned ticks the line, fills its lot or its bin, or goes to the bin.
import { labelled } from './gs1.js'
import { sound } from './scan.js'

const said = () => document.getElementById('said')
const tidy = (code) => code.normalize('NFKC').trim().toUpperCase()

// What went well goes by itself; what did not stays.
let goes = 0
function tell(tone, text) {
  sound(tone === 'sent' ? 'tick' : tone)
  const place = said()
  clearTimeout(goes)
  if (tone === 'sent') goes = setTimeout(() => (place.hidden = true), 4000)
  for (const note of document.querySelectorAll('.toast-good')) note.remove() // one voice at a time
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
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name])

async function meanings(code) {
  const answer = await fetch(`/scan/?code=${encodeURIComponent(code)}`, { headers: { Accept: 'application/json' } }).catch(() => null)
  return answer?.ok ? (await answer.json()).meanings : []
}

// A sheet that is open takes the scan into the field made for it; no scan leads away from an open question.
document.addEventListener('qitao:scan', (event) => {
  const sheet = document.querySelector('dialog.sheet[open]')
  if (!sheet?.querySelector('form') || event.defaultPrevented) return
  event.preventDefault()
  const field = sheet.querySelector('[data-scan-into]')
  if (!field) return sound('warn')
  field.value = event.detail.code
  field.dispatchEvent(new Event('change', { bubbles: true }))
  sound('tick')
})

document.addEventListener('qitao:scan', (event) => {
  const { code, wait } = event.detail
  if (event.defaultPrevented) return
  const handler = [['[data-receive]', receive], ['[data-count]', count], ['[data-scan-to]', elsewhere]].find(([place]) => document.querySelector(place))
  if (!handler || document.querySelector('dialog[open]')) return
  event.preventDefault()
  wait.push(handler[1](document.querySelector(handler[0]), code))
})

function elsewhere(place, code) {
  window.location.assign(`${place.dataset.scanTo}?code=${encodeURIComponent(code)}`)
}

// Receiving: an item ticks its line; after that its lot, its bin.
let line = null

async function receive(form, code) {
  const label = labelled(code)
  const wanted = tidy(label.item || code)
  const found = [...form.querySelectorAll('[data-arriving]')].find((each) => tidy(each.dataset.arriving) === wanted && !each.contains(line))
  if (found) return arrived(form, found, label)
  if (line && tidy(line.dataset.arriving) === wanted) return arrived(form, line, label)
  const inside = line ?? form.querySelector('[data-take]:checked')?.closest('[data-arriving]')
  if (!inside) return tell('warn', fill(form.dataset.sayUnknown, { scanned: code }))
  const place = (await meanings(code)).find((each) => each.kind === 'location')
  if (place) {
    inside.querySelector('[data-bin-field]').value = place.code
    return tell('sent', fill(form.dataset.sayBin, { scanned: place.code }))
  }
  inside.querySelector('[data-lot]').value = label.lot || code
  tell('sent', fill(form.dataset.sayLot, { scanned: label.lot || code }))
}

function arrived(form, found, label) {
  const lot = found.querySelector('[data-lot]').value
  if (found === line && label.lot && lot && tidy(label.lot) !== tidy(lot)) return tell('bad', fill(form.dataset.sayOther, { lot, scanned: label.lot }))
  line = found
  const box = found.querySelector('[data-take]')
  box.checked = true
  if (label.lot) found.querySelector('[data-lot]').value = label.lot
  if (label.expires) found.querySelector('[data-expires]').value = label.expires
  if (label.quantity) found.querySelector('.receive-amount').value = label.quantity
  found.scrollIntoView({ block: 'center' })
  mark(form)
  tell('sent', fill(form.dataset.sayItem, { item: found.dataset.arriving }))
}

function mark(form) {
  const boxes = [...form.querySelectorAll('[data-take]')]
  for (const box of boxes) box.closest('[data-arriving]').classList.toggle('is-taken', box.checked)
  const ticked = boxes.filter((box) => box.checked).length
  const place = form.querySelector('[data-ticked]')
  if (place) place.textContent = ticked ? `${ticked} / ${boxes.length}` : ''
}

document.addEventListener('change', (event) => {
  const form = event.target.closest('[data-receive]')
  if (!form) return
  const card = event.target.closest('[data-arriving]')
  if (card && !event.target.matches('[data-take]')) card.querySelector('[data-take]').checked = true // who fills it in has it
  if (event.target.matches('[data-take]')) line = event.target.checked ? card : null
  mark(form)
})
document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-tick-all]')) return
  const form = event.target.closest('[data-receive]')
  for (const box of form.querySelectorAll('[data-take]')) box.checked = true
  mark(form)
})
const receiving = document.querySelector('[data-receive]')
if (receiving) mark(receiving)

// Counting an item: a bin goes to its line, or is offered to be added; the item is checked. Counting a bin: an item
// goes to its line, or is offered to be added; the bin is checked.
async function count(place, code) {
  return place.dataset.inBin ? countBin(place, code) : countItem(place, code)
}

async function countItem(place, code) {
  const wanted = tidy(code)
  const own = place.querySelector('.count-line')
  if (own && [own.dataset.bin, own.dataset.place].map(tidy).includes(wanted)) return tell('sent', own.dataset.bin)
  const other = [...place.querySelectorAll('[data-count-bin]')].find((each) => tidy(each.dataset.countBin) === wanted || wanted.endsWith(`/${tidy(each.dataset.countBin)}`))
  if (other) return other.click()
  const facts = { scanned: code, item: place.dataset.item }
  if (tidy(labelled(code).item || code) === tidy(place.dataset.item)) {
    place.querySelector('#counted')?.focus()
    return tell('sent', fill(place.dataset.sayRight, facts))
  }
  const bin = (await meanings(code)).find((each) => each.kind === 'location')
  if (!bin) return tell('bad', fill(place.dataset.sayItem, facts))
  place.querySelector('#count-add').open = true
  place.querySelector('[data-add-bin]').value = bin.code
  tell('warn', fill(place.dataset.sayAdd, { ...facts, scanned: bin.code }))
}

async function countBin(place, code) {
  const wanted = tidy(code)
  if ([place.dataset.inBin, place.dataset.inPlace].map(tidy).includes(wanted)) return tell('sent', place.dataset.inBin)
  const label = labelled(code)
  const item = tidy(label.item || code)
  const lines = [...place.querySelectorAll('[data-count-item]')].filter((each) => tidy(each.dataset.countItem) === item || (!label.item && each.dataset.countLot && tidy(each.dataset.countLot) === wanted))
  const ofLot = label.lot ? lines.filter((each) => tidy(each.dataset.countLot) === tidy(label.lot)) : lines
  const found = ofLot.find((each) => each.hasAttribute('aria-current')) ?? ofLot.find((each) => !each.hasAttribute('data-counted')) ?? ofLot[0]
  if (found?.hasAttribute('aria-current')) {
    place.querySelector('#counted')?.focus()
    return tell('sent', fill(place.dataset.sayRight, { item: found.dataset.countItem }))
  }
  if (found) return found.click()
  const known = (await meanings(code)).find((each) => each.kind === 'item' || each.kind === 'location')
  if (known?.kind === 'location') return tell('bad', fill(place.dataset.sayBin, { scanned: known.code, bin: place.dataset.inBin }))
  if (!known && !lines.length) return tell('bad', fill(place.dataset.sayUnknown, { scanned: code }))
  place.querySelector('#count-add').open = true
  place.querySelector('[data-add-item]').value = known?.code ?? lines[0].dataset.countItem
  place.querySelector('[data-add-lot]').value = label.lot || ''
  tell('warn', fill(place.dataset.sayFound, { scanned: code }))
}

// Full packs and loose pieces, added up as they are typed.
document.addEventListener('input', (event) => {
  const form = event.target.closest('[data-packed]')
  if (!form) return
  const value = (name) => Number(form.elements[name].value || 0)
  const sum = value('packs') * Number(form.dataset.packed) + value('counted')
  form.querySelector('[data-pack-sum]').textContent = Number.isFinite(sum) ? new Intl.NumberFormat(document.documentElement.lang).format(sum) : '–'
})
