// A number pad for gloves: its keys write into the field it belongs to; the first key replaces what stood there.
export function fresh(field) {
  field.dataset.fresh = 'yes'
}

document.addEventListener('click', (event) => {
  const key = event.target.closest('[data-key]')
  if (!key) return
  const own = document.getElementById(key.closest('[data-pad]').dataset.pad)
  press(last?.isConnected && last.form && last.form === key.form ? last : own, key.dataset.key)
})

function press(field, key) {
  const old = field.dataset.fresh === 'no' ? field.value : key === 'back' ? field.value : ''
  field.dataset.fresh = 'no'
  if (key === 'back') field.value = old.slice(0, -1)
  else if (key === '.') field.value = old.includes('.') ? old : `${old || '0'}.`
  else field.value = old === '0' ? key : old + key
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

// Where a form has several figures, the pad writes into the one that was chosen last.
let last = null
document.addEventListener('focusin', (event) => {
  if (!event.target.matches('[data-number]')) return
  event.target.select()
  if (last !== event.target) fresh(event.target)
  last = event.target
})

// A field that opens the pad when it is tapped; by keyboard it is filled like any other.
let target = null
document.addEventListener('click', (event) => {
  const field = event.target.closest('[data-pad-open]')
  const sheet = document.getElementById('pad-sheet')
  if (field && sheet && !sheet.open) {
    target = field
    const own = sheet.querySelector('input')
    own.value = field.value
    fresh(own)
    sheet.querySelector('h2').textContent = field.dataset.padTitle || sheet.querySelector('h2').textContent
    sheet.showModal()
    own.focus()
  }
  if (event.target.closest('[data-pad-ok]') && target) {
    target.value = sheet.querySelector('input').value
    target.dispatchEvent(new Event('change', { bubbles: true }))
    target = null
  }
})
