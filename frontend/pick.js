// The pick screen: one line at a time. Scans are judged here, at once; what was taken goes through the outbox, and is
// green only when the server has it. The page holds the lines as the server knows them; what is on its way is taken off.
import htmx from './htmx.js'
import { fieldsOf } from './gs1.js'
import { key } from './keys.js'
import { fresh } from './pad.js'
import { post, waiting } from './outbox.js'
import { sound } from './scan.js'
import { number } from './toasts.js'

const screen = () => document.getElementById('pick')
const said = document.getElementById('said')
const amount = document.getElementById('amount')
const short = document.getElementById('short')

const state = { at: '', bin: '', scannedBin: '', quantity: '', over: '', undone: '', tapped: -Infinity } // the line, its bin once scanned, another quantity
const TWICE = 500 // ms: the second tap of a double one must not confirm the line that the first one brought
const known = new Map() // line → {open, version}: what answers said, where the page is older
const answering = new Set() // short reports whose answer the picker waits for

// Quantities are exact: millionths as BigInt.
const MICRO = 1000000n
function micro(text) {
  const found = /^(\d+)(?:\.(\d{1,6}))?$/.exec(String(text).trim())
  return found ? BigInt(found[1]) * MICRO + BigInt((found[2] ?? '').padEnd(6, '0')) : 0n
}
function plain(value) {
  const rest = String(value % MICRO).padStart(6, '0').replace(/0+$/, '')
  return `${value / MICRO}${rest ? `.${rest}` : ''}`
}
const shown = (value) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 6 }).format(plain(value))
const say = (name, facts) => screen().dataset[name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact])

// Lines

const all = () => [...screen().querySelectorAll('.pick-line')]
const idOf = (line) => line.dataset.line ?? `missing-${line.dataset.requirement}`
const current = () => all().find((line) => idOf(line) === state.at)
const sentFor = (line) => waiting().filter((entry) => entry.about.line === idOf(line))

function left(line) {
  if (!line.dataset.line) return sentFor(line).length || known.get(idOf(line))?.open === '0' ? 0n : 1n
  const news = known.get(line.dataset.line)
  const isNewer = news && news.version > Number(screen().dataset.version)
  let open = micro(isNewer ? news.open : line.dataset.left)
  for (const { about } of sentFor(line)) open = about.kind === 'short' ? 0n : open - micro(about.quantity)
  return open > 0n ? open : 0n
}

function next(after) {
  const lines = all()
  const place = lines.findIndex((line) => idOf(line) === after)
  const order = [...lines.slice(place + 1), ...lines.slice(0, place + 1)]
  return order.find((line) => left(line) > 0n)
}

function go(line) {
  const isSameBin = line && state.bin && line.dataset.place === state.bin
  Object.assign(state, { at: line ? idOf(line) : '', quantity: '', over: '' })
  if (!isSameBin) Object.assign(state, { bin: '', scannedBin: '' })
  draw()
}

function draw() {
  const line = current()
  for (const each of all()) each.hidden = each !== line
  screen().querySelector('[data-end]').hidden = Boolean(line)
  screen().querySelector('[data-end-waits]').hidden = waiting().length === 0
  const then = line && next(state.at)
  const hint = screen().querySelector('[data-then]')
  hint.hidden = !then || then === line
  if (then) {
    hint.querySelector('[data-then-bin]').textContent = then.dataset.bin ?? ''
    hint.querySelector('[data-then-item]').textContent = then.dataset.item
  }
  if (!line?.dataset.line) return
  const quantity = state.quantity ? micro(state.quantity) : left(line)
  line.querySelector('[data-shown]').textContent = shown(quantity)
  line.querySelector('[name=quantity]').value = plain(quantity)
  shareOut(line, quantity)
  const step = state.bin ? 'item' : 'bin'
  for (const each of line.querySelectorAll('[data-step]')) {
    each.classList.toggle('is-next', each.dataset.step === step)
    each.classList.toggle('is-right', each.dataset.step === 'bin' && Boolean(state.bin))
  }
}

// On a walk for several work orders: who gets how much of what is taken; the first served gets all he wants first.
const shared = new Set() // totes whose part went out alone, until the page knows of it
function shareOut(line, quantity) {
  let rest = quantity
  for (const tote of line.querySelectorAll('[data-tote]')) {
    const wanted = shared.has(tote.dataset.tote) ? 0n : micro(tote.dataset.wanted)
    const part = wanted < rest ? wanted : rest
    rest -= part
    tote.disabled = wanted === 0n
    tote.classList.toggle('is-left-out', part === 0n)
    tote.querySelector('[data-tote-shown]').textContent = shown(part)
  }
}

function takeForOne(tote) {
  if (performance.now() - state.tapped < TWICE) return
  state.tapped = performance.now()
  const line = current()
  shared.add(tote.dataset.tote)
  state.quantity = tote.dataset.wanted
  confirm(line, { order: tote.dataset.tote })
}

// What the screen says last

// The note lies over the progress: nothing that could be tapped moves. What went well goes by itself.
let goes = 0
function tell(tone, text, action) {
  clearTimeout(goes)
  if (tone === 'good') goes = setTimeout(() => (said.hidden = true), 4000)
  said.hidden = false
  said.className = `said said-${tone}`
  const shape = document.createElement('span')
  shape.className = 'said-shape'
  shape.setAttribute('aria-hidden', 'true')
  const words = document.createElement('span')
  words.className = 'said-words'
  words.textContent = text
  said.replaceChildren(shape, words)
  if (!action) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn'
  button.textContent = action.label
  button.addEventListener('click', action.run)
  said.append(button)
}

function wrong(text, action) {
  sound('bad')
  tell('bad', text, action)
  said.classList.remove('is-shaken')
  void said.offsetWidth // starts the movement again
  said.classList.add('is-shaken')
}

// Scans

const tidy = (code) => code.normalize('NFKC').trim().toUpperCase()
const isBin = (line, code) => [tidy(line.dataset.bin ?? ''), tidy(line.dataset.place ?? '')].includes(tidy(code))

function isItem(line, code) {
  const item = tidy(line.dataset.item)
  const lot = tidy(line.dataset.lot ?? '')
  if ([item, lot].filter(Boolean).includes(tidy(code))) return true
  const label = fieldsOf(tidy(code))
  const named = label[240] ?? label[241]
  const lotted = label[10] ?? label[21]
  if (!named && !lotted) return false
  return (!named || named === item) && (!lot || !lotted || lotted === lot) && Boolean(named || (lot && lotted === lot))
}

function scan(code) {
  if (COMMANDS[tidy(code)]) return COMMANDS[tidy(code)]()
  const line = current()
  if (!line) return wrong(say('sayNone', {}))
  if (!line.dataset.line) return wrong(say('sayItem', { scanned: code, item: line.dataset.item }))
  if (!state.bin) {
    if (isBin(line, code)) return binRight(line, code)
    if (isItem(line, code)) return wrong(say('sayFirst', { bin: line.dataset.bin }))
    return wrong(say('sayBin', { scanned: code, bin: line.dataset.bin }), elsewhere(code))
  }
  if (isItem(line, code)) {
    const label = fieldsOf(tidy(code))
    return confirm(line, { item: code, labelled: label[30] ?? label[37] })
  }
  if (isBin(line, code)) return sound('tick')
  return wrong(say('sayItem', { scanned: code, item: line.dataset.lot || line.dataset.item }), elsewhere(code))
}

function binRight(line, code) {
  Object.assign(state, { bin: line.dataset.place, scannedBin: code })
  sound('tick')
  said.hidden = true
  draw()
}

// The bin that was scanned may be that of another line: one tap goes there.
function elsewhere(code) {
  const other = all().find((line) => line.dataset.line && left(line) > 0n && isBin(line, code))
  return other && {
    label: say('sayGo', {}),
    run: () => {
      go(other)
      binRight(other, code)
    },
  }
}

document.addEventListener('qitao:scan', (event) => {
  if (!screen()) return
  event.preventDefault()
  const dialog = document.querySelector('dialog[open]')
  if (dialog && !dialog.classList.contains('camera')) {
    sound('warn')
    return tell('warn', say('sayForm', {}))
  }
  scan(event.detail.code)
})

// Taking

function confirm(line, { item = '', labelled = '', order = '' } = {}) {
  const open = left(line)
  let quantity = state.quantity ? micro(state.quantity) : open
  if (labelled && !state.quantity && micro(labelled) > 0n && micro(labelled) < open) quantity = micro(labelled)
  if (quantity <= 0n) return wrong(say('sayNumber', {}))
  if (quantity > open && !state.over) return wrong(say('sayMore', { quantity: shown(quantity), open: shown(open) }))
  const what = `${shown(quantity)} ${line.dataset.unit} ${line.dataset.item} · ${line.dataset.bin}`
  tell('sent', say('saySent', { what }))
  const fields = { line: line.dataset.line, quantity: plain(quantity), location: state.scannedBin, item }
  if (order) fields.order = order
  const isMore = quantity > open
  if (isMore) fields.reason = state.over
  Object.assign(state, { quantity: '', over: '' })
  post(isMore ? screen().dataset.moreUrl : screen().dataset.url, fields, { kind: 'pick', line: line.dataset.line, quantity: plain(quantity) })
  go(left(line) > 0n ? line : next(state.at))
}

function reportShort(form) {
  const fields = Object.fromEntries(new FormData(form))
  delete fields.csrfmiddlewaretoken
  delete fields.command_id
  const line = all().find((each) => each.dataset.line === fields.line)
  tell('sent', say('sayShort', { item: line?.dataset.item ?? '' }))
  const entry = post(screen().dataset.shortUrl, fields, { kind: 'short', line: fields.line })
  answering.clear()
  answering.add(entry.id)
  go(next(state.at))
}

function reportMissing(line) {
  tell('sent', say('sayShort', { item: line.dataset.item }))
  const entry = post(line.dataset.missingUrl ?? screen().dataset.missingUrl, { requirement: line.dataset.requirement }, { kind: 'short', line: idOf(line) })
  answering.clear()
  answering.add(entry.id)
  go(next(state.at))
}

document.addEventListener('qitao:answered', (event) => {
  const { entry, reply, refusal } = event.detail
  if (!screen() || !entry.about) return
  event.preventDefault()
  if (refusal) return refused(entry, refusal)
  known.set(entry.about.line, { open: reply.open ?? '0', version: reply.version })
  if (entry.about.kind === 'short') return shortAnswered(entry, reply)
  sound('good')
  tell('good', reply.text, { label: say('sayUndo', {}), run: () => undo(entry.about.line, reply.undo) })
  settle()
})

function undo(line, url) {
  said.hidden = true
  state.undone = line
  htmx.ajax('POST', url, { swap: 'none', source: said, values: { command_id: number() } }) // the lines may be replaced meanwhile
}

function shortAnswered(entry, reply) {
  if (reply.url && answering.has(entry.id)) return window.location.assign(reply.url)
  sound('warn')
  tell('warn', reply.text, reply.url && { label: say('sayLook', {}), run: () => window.location.assign(reply.url) })
  settle()
}

function refused(entry, { reason, remedy }) {
  shared.delete(entry.fields.order)
  known.delete(entry.about.line)
  const line = all().find((each) => idOf(each) === entry.about.line)
  wrong(`${line ? `${line.dataset.item} · ${line.dataset.bin ?? ''}: ` : ''}${reason} ${remedy}`, line && {
    label: say('sayGo', {}),
    run: () => back(entry.about.line),
  })
  settle()
}

// The line may be gone meanwhile: somebody else took it.
function back(id) {
  said.hidden = true
  const line = all().find((each) => idOf(each) === id)
  if (line && left(line) > 0n) go(line)
  else settle()
}

function settle() {
  const line = current()
  if (!line || left(line) === 0n) go(next(state.at))
  else draw()
}

// Touch and keys

document.addEventListener('submit', (event) => {
  if (!screen() || !event.target.matches('[data-confirm], [data-missing], [data-short-form]')) return
  event.preventDefault()
  if (event.target.matches('[data-confirm], [data-missing]') && performance.now() - state.tapped < TWICE) return
  state.tapped = performance.now()
  if (event.target.matches('[data-confirm]')) return confirm(current())
  if (event.target.matches('[data-missing]')) return reportMissing(current())
  const dialog = event.target.closest('dialog')
  dialog?.close()
  reportShort(event.target)
}, true)

document.addEventListener('click', (event) => {
  if (!screen()) return
  const { target } = event
  if (target.closest('.pick-line [data-short]')) {
    event.preventDefault()
    openShort(current())
  }
  if (target.closest('[data-undo]')) state.undone = target.closest('[data-undo]').dataset.undo
  if (target.closest('[data-next]')) go(next(state.at))
  if (target.closest('.pick-line [data-tote]')) takeForOne(target.closest('[data-tote]'))
  if (target.closest('.pick-line [data-amount]')) openAmount(current())
  if (target.closest('[data-amount-ok]')) takeAmount(event)
})

function openAmount(line) {
  const field = amount.querySelector('input')
  field.value = line.querySelector('[name=quantity]').value
  fresh(field)
  amount.querySelector('[data-more]')?.setAttribute('hidden', '')
  amount.classList.remove('is-why')
  amount.showModal()
  field.focus()
  busy()
}

function takeAmount(event) {
  if (!current()) return
  const field = amount.querySelector('input')
  const quantity = micro(field.value)
  const open = left(current())
  const why = amount.querySelector('[data-more]')
  if (why && quantity > open) {
    if (why.hidden) {
      event.preventDefault()
      why.hidden = false
      amount.classList.add('is-why') // the reasons take the place of the number pad
      why.querySelector('[data-more-words]').textContent = say('sayWhy', { quantity: shown(quantity), open: shown(open) })
      return sound('warn')
    }
    Object.assign(state, { quantity: plain(quantity), over: why.querySelector('[name=over]:checked').value })
    return draw()
  }
  state.over = ''
  if (quantity <= 0n || quantity > open) {
    event.preventDefault()
    sound('bad')
    field.setCustomValidity(quantity > open ? say('sayMore', { quantity: shown(quantity), open: shown(open) }) : say('sayNumber', {}))
    return field.reportValidity()
  }
  field.setCustomValidity('')
  state.quantity = plain(quantity)
  draw()
}
amount?.querySelector('input').addEventListener('input', (event) => event.target.setCustomValidity(''))

function openShort(line) {
  const form = short.querySelector('form')
  form.reset()
  form.querySelector('[name=line]').value = line.dataset.line
  for (const [name, value] of [['item', line.dataset.item], ['bin', line.dataset.bin], ['open', shown(left(line))], ['unit', line.dataset.unit]])
    form.querySelector(`[data-short-${name}]`).textContent = value
  const field = form.querySelector('[data-found]')
  fresh(field)
  short.showModal()
  field.focus()
  busy()
}
for (const dialog of [amount, short])
  dialog?.addEventListener('close', () => {
    state.tapped = performance.now()
    busy()
  })

// Something was found: the bin is not empty, there is less than recorded – unless another reason was chosen.
document.addEventListener('input', (event) => {
  if (!event.target.matches('[data-found]')) return
  const form = event.target.form
  const chosen = form.querySelector('[name=reason]:checked')?.value
  const wanted = micro(event.target.value) > 0n ? 'less' : 'empty'
  if (chosen === 'empty' || chosen === 'less') form.querySelector(`[name=reason][value=${wanted}]`).checked = true
})

// Keys and the commands on paper are meant as often as they come; only a finger taps twice where it meant once.
const meant = (selector) => {
  state.tapped = -Infinity
  press(selector)
}
const press = (selector) => current()?.querySelector(selector)?.click()
const COMMANDS = {
  'QT-OK': () => meant('[data-confirm] button, [data-missing] button'),
  'QT-SHORT': () => meant('[data-short], [data-missing] button'),
  'QT-NEXT': () => press('[data-next]'),
  'QT-UNDO': () => screen().querySelector('[data-undo]')?.click(),
}
if (screen()) {
  const once = (name) => (event) => event.repeat || COMMANDS[name]() // a key that is held down is pressed once
  key('c', once('QT-OK'))
  key('s', once('QT-SHORT'))
  key('n', once('QT-NEXT'))
  key('u', once('QT-UNDO'))
  key('q', () => press('[data-amount]'))
}

// The page is fetched again when others change the list: not while something is on its way or a question is open.
function busy() {
  const region = screen()
  region?.toggleAttribute('data-busy', waiting().length > 0 || Boolean(amount?.open || short?.open))
}
document.addEventListener('qitao:outbox', () => screen() && (busy(), draw()))
document.addEventListener('htmx:afterSettle', start)
document.addEventListener('htmx:load', start)

function start() {
  const region = screen()
  if (!region || region.dataset.started) return
  region.dataset.started = 'yes'
  if (!waiting().length) shared.clear()
  if (navigator.mediaDevices && window.matchMedia('(pointer: coarse)').matches)
    for (const button of region.querySelectorAll('[data-camera]')) button.hidden = false
  const line = current()
  const undone = all().find((each) => idOf(each) === state.undone && left(each) > 0n)
  if (undone) {
    state.undone = ''
    go(undone)
  } else if (line && left(line) > 0n) draw()
  else {
    const first = all().find((each) => !each.hidden && left(each) > 0n)
    go(state.at ? next(state.at) : first ?? next(''))
  }
}
if (screen()) start()
