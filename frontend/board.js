// The clear-to-build board: rows that open, and ranks by hand – by pointer, by keys, or by naming the order to go before.
// Nothing is changed by a move: it asks the server what it would do, and the sheet that answers has the button.
import htmx from './htmx.js'
import { open } from './frame.js'
import { key } from './keys.js'

const orders = () => [...document.querySelectorAll('.board-table tr[data-order]')]
const said = () => document.getElementById('rank-said')
const sheet = () => document.getElementById('rank-sheet')

// Rows that open. What is open is part of the address, so a refreshed board and a sent link show the same.
document.addEventListener('click', async (event) => {
  const link = event.target.closest('[data-open]')
  if (!link || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  const row = link.closest('tr')
  const isOpen = link.getAttribute('aria-expanded') === 'true'
  link.setAttribute('aria-expanded', String(!isOpen))
  remember(row.dataset.code, !isOpen)
  if (isOpen) {
    if (row.nextElementSibling?.matches('.detail')) row.nextElementSibling.remove()
    return
  }
  const answer = await fetch(row.dataset.lines, { headers: { 'X-Requested-With': 'fetch' } }).catch(() => null)
  if (!answer?.ok || answer.redirected || row.nextElementSibling?.matches('.detail')) return
  const detail = document.createElement('tr')
  detail.className = 'detail'
  detail.dataset.skip = ''
  const cell = detail.insertCell()
  cell.colSpan = 9
  cell.innerHTML = await answer.text()
  row.after(detail)
})

function remember(code, isOpen) {
  const address = new URL(window.location.href)
  const codes = new Set((address.searchParams.get('open') ?? '').split(',').filter(Boolean))
  if (isOpen) codes.add(code)
  else codes.delete(code)
  if (codes.size) address.searchParams.set('open', [...codes].join(','))
  else address.searchParams.delete('open')
  window.history.replaceState(window.history.state, '', address)
}

key('o', () => document.querySelector('.board-table tr.is-current [data-open]')?.click())

// Asking what a move would do.
function ask(ids, before) {
  const url = new URL(sheet().dataset.rankUrl, window.location.href)
  for (const id of ids) url.searchParams.append('ids', id)
  if (before !== undefined) url.searchParams.set('before', before)
  open(sheet())
  htmx.ajax('GET', url.pathname + url.search, { target: '#rank', swap: 'outerHTML' })
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-rank-ticked]')) return
  ask([...document.querySelectorAll('.board-table [name=ids]:checked')].map((box) => box.value))
})

// What was asked for many is done: nothing stays ticked, so that the board follows again.
document.addEventListener('htmx:beforeOnLoad', (event) => {
  const { elt, xhr } = event.detail
  if (xhr.status >= 400 || !elt.closest?.('.board .list-form, [data-rank-apply]')) return
  if (elt.closest('[data-rank-apply]')) sheet().close()
  document.querySelector('.board [data-bulk]:not([hidden]) [data-bulk-none]')?.click()
})

// A move: the order in hand, and the row that it would go before (null: after the last).
let hand = null

function take(row, grip) {
  hand = { row, grip, before: next(row), moved: false }
  row.classList.add('is-dragged')
  row.closest('[data-live]').dataset.busy = ''
  document.documentElement.classList.add('is-dragging')
}

const next = (row) => orders()[orders().indexOf(row) + 1] ?? null

function aim(before) {
  if (!hand) return
  for (const row of orders()) row.classList.remove('drop-before', 'drop-after')
  hand.before = before
  hand.moved = true
  if (before) before.classList.add('drop-before')
  else orders().at(-1).classList.add('drop-after')
  ;(before ?? orders().at(-1)).scrollIntoView({ block: 'nearest' })
}

function release(isMeant) {
  const { row, grip, before, moved } = hand
  hand = null
  row.classList.remove('is-dragged')
  grip.removeAttribute('aria-pressed')
  delete row.closest('[data-live]')?.dataset.busy
  document.documentElement.classList.remove('is-dragging')
  for (const each of orders()) each.classList.remove('drop-before', 'drop-after')
  if (isMeant && moved && before !== row && before !== next(row)) return ask([row.dataset.order], before ? before.dataset.order : after())
  said().textContent = said().dataset.dropped
}

// After the last row of this page comes the first of the next one, which only the server knows: name the last itself.
const after = () => (document.querySelector('.pager [rel=next]') ? orders().at(-1).dataset.order : '0')

document.addEventListener('pointerdown', (event) => {
  const grip = event.target.closest('[data-grip]')
  if (!grip || event.button) return
  event.preventDefault()
  grip.focus()
  if (hand) release(false)
  take(grip.closest('tr'), grip)
  grip.setPointerCapture(event.pointerId)
})
document.addEventListener('pointermove', (event) => {
  if (!hand || hand.grip.getAttribute('aria-pressed')) return
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest('.board-table tr[data-order]')
  if (!under) return
  const box = under.getBoundingClientRect()
  aim(event.clientY < box.top + box.height / 2 ? under : next(under))
})
document.addEventListener('pointerup', () => {
  if (hand && !hand.grip.getAttribute('aria-pressed')) release(true)
})
document.addEventListener('pointercancel', () => hand && release(false))

// The same by keys: Enter takes the order in hand, arrows move it, Enter asks, Escape puts it back.
document.addEventListener('keydown', (event) => {
  const grip = event.target.closest?.('[data-grip]')
  if (!grip) return
  const row = grip.closest('tr')
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault()
    if (hand) return release(true)
    take(row, grip)
    grip.setAttribute('aria-pressed', 'true')
    said().textContent = said().dataset.grabbed.replace('{code}', row.dataset.code)
  } else if (hand && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault()
    step(event.key === 'ArrowUp' ? -1 : 1)
  } else if (hand && (event.key === 'Escape' || event.key === 'Tab')) {
    if (event.key === 'Escape') event.preventDefault()
    release(false)
  }
})

function step(by) {
  const all = orders()
  const places = [...all.filter((row) => row !== hand.row), null]
  const at = places.indexOf(hand.before)
  const to = places[Math.min(Math.max(at + by, 0), places.length - 1)]
  aim(to)
  said().textContent = to ? said().dataset.before.replace('{code}', to.dataset.code) : said().dataset.last
}
