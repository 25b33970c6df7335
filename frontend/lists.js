// Lists: rows by keyboard, selection, columns.
import { key } from './keys.js'

const rows = () => [...document.querySelectorAll('table[data-list] tbody tr:not([data-skip])')]
const current = () => document.querySelector('table[data-list] tr.is-current')
let last = null // the box ticked last, from which Shift selects

function move(step) {
  const all = rows()
  if (!all.length) return
  const at = all.indexOf(current())
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)]
  current()?.classList.remove('is-current')
  next.classList.add('is-current')
  next.scrollIntoView({ block: 'nearest' })
  next.querySelector('a')?.focus({ preventScroll: true })
}
key('j', () => move(1))
key('k', () => move(-1))
key('Enter', () => {
  const row = current()
  if (row && !document.activeElement.matches('a, button')) go(row)
})
key('x', (event) => {
  const box = current()?.querySelector('[name=ids]')
  if (box) tick(box, !box.checked, event.shiftKey)
})

function go(row, elsewhere) {
  if (!row.dataset.href) return
  if (elsewhere) window.open(row.dataset.href, '_blank')
  else window.location.assign(row.dataset.href)
}

document.addEventListener('click', (event) => {
  const box = event.target.closest('[name=ids]')
  if (box) return tick(box, box.checked, event.shiftKey)
  if (event.target.closest('[data-all]')) return tickAll(event.target)
  if (event.target.closest('[data-bulk-none]')) {
    for (const each of boxesOf(event.target)) each.checked = false
    return count(event.target)
  }
  const also = event.target.closest('th a[data-also]')
  if (also && event.shiftKey) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return window.location.assign(also.dataset.also)
  }
  const row = event.target.closest('table[data-list] tr[data-href]')
  if (row && !event.target.closest('a, button, input, label, select') && !String(window.getSelection())) {
    go(row, event.ctrlKey || event.metaKey)
  }
}, true)

const boxesOf = (inside) => [...inside.closest('form').querySelectorAll('[name=ids]')]

function tick(box, on, withShift) {
  const boxes = boxesOf(box)
  box.checked = on
  if (withShift && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b)
    for (const each of boxes.slice(from, to + 1)) each.checked = on
  }
  last = box
  count(box)
}

function tickAll(head) {
  for (const each of boxesOf(head)) each.checked = head.checked
  count(head)
}

function count(inside) {
  const form = inside.closest('form')
  const boxes = boxesOf(inside)
  const ticked = boxes.filter((each) => each.checked).length
  for (const each of boxes) each.closest('tr').classList.toggle('is-picked', each.checked)
  const bar = form.querySelector('[data-bulk]')
  if (bar) bar.hidden = !ticked
  const number = form.querySelector('[data-bulk-count]')
  if (number) number.textContent = ticked
  const all = form.querySelector('[data-all]')
  if (all) Object.assign(all, { checked: ticked === boxes.length, indeterminate: ticked > 0 && ticked < boxes.length })
}

// What was done with the ticked rows is done: nothing is ticked any more, and the list shows itself anew.
document.addEventListener('htmx:afterRequest', (event) => {
  const { elt, successful } = event.detail
  if (!successful || !elt.closest('[data-bulk]')) return
  for (const each of boxesOf(elt)) each.checked = false
  count(elt)
  document.dispatchEvent(new CustomEvent('qitao:changed'))
})

// A choice of columns is a part of the address, as everything else of a list is.
document.addEventListener('change', (event) => {
  const box = event.target.closest('[data-column]')
  if (!box) return
  const form = box.closest('form')
  const field = document.querySelector(`[data-columns-field][form="${form.id}"]`)
  field.disabled = false
  field.value = [...form.querySelectorAll('[data-column]:checked')].map((each) => each.dataset.column).join(',')
}, true)

// Files have the rows that are shown: the address may have changed since the link was made.
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-export]')
  if (!link) return
  const query = new URLSearchParams(window.location.search)
  query.set('export', link.dataset.export)
  link.href = `?${query}`
}, true)

// What is not asked for needs no place in the address; an emptied filter keeps one, for it lifts a default.
document.addEventListener('htmx:configRequest', (event) => {
  if (!event.detail.elt.classList?.contains('list-tools')) return
  const fields = event.detail.formData
  if (!fields.get('q')) fields.delete('q')
  for (const name of new Set(fields.keys())) {
    const values = fields.getAll(name).filter(Boolean)
    if (!values.length) continue
    fields.delete(name)
    for (const value of values) fields.append(name, value)
  }
})
