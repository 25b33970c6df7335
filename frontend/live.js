// Live regions: what others do is seen within two seconds. One stream a visible page; hidden pages close theirs,
// because a browser keeps only six connections to a server, and look again at everything when they come back.
import htmx from './htmx.js'

const QUIET = 40000 // the server beats every 15 s
const AWAY = 5000
let stream = null
let silence = 0
let pause = 1000
let missed = false
const due = new Set()
let timer = 0
let refreshed = 0 // when this page last asked; a busy floor must not make every screen ask all the time

const regions = () => document.querySelectorAll('[data-live]')
const offline = (on) => {
  const mark = document.getElementById('offline')
  if (mark) mark.hidden = !on
  document.documentElement.classList.toggle('is-offline', on)
}

function connect() {
  const shell = document.querySelector('.shell')
  if (stream || document.hidden || !shell) return
  stream = new EventSource(`/live/?seen=${encodeURIComponent(shell.dataset.seen || '')}`)
  stream.onopen = () => {
    pause = 1000
    offline(false)
    if (missed) refresh(regions())
    missed = false
    heard()
  }
  stream.addEventListener('beat', heard)
  stream.onmessage = (message) => {
    heard()
    happened(JSON.parse(message.data))
  }
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED && !missed && pause === 1000) return pauseFor(false)
    pauseFor(true)
  }
}

function pauseFor(isBroken) {
  disconnect()
  missed = true
  offline(isBroken)
  setTimeout(connect, pause * (0.7 + Math.random() * 0.6))
  pause = Math.min(pause * 2, 15000)
}

function disconnect() {
  clearTimeout(silence)
  stream?.close()
  stream = null
}

function heard() {
  clearTimeout(silence)
  silence = setTimeout(() => pauseFor(true), QUIET)
}

// A region names what concerns it: kinds ("stock.counted"), beginnings of kinds ("stock."), or things
// ("production.workorder:12").
function happened({ kind, about }) {
  for (const region of regions()) {
    const wanted = region.dataset.live.split(/\s+/).filter(Boolean)
    if (kind === '*' || wanted.some((word) => word === about || word === kind || (word.endsWith('.') && kind.startsWith(word)))) {
      due.add(region.id)
    }
  }
  if (due.size && !timer) timer = setTimeout(flush, Math.max(250, refreshed + 1200 - performance.now()))
  document.dispatchEvent(new CustomEvent('qitao:happened', { detail: { kind, about } }))
}

function flush() {
  timer = 0
  const found = [...due].map((id) => document.getElementById(id)).filter(Boolean)
  due.clear()
  refresh(found)
}

// One request fetches the page anew; each region takes its own part of it. A region in use waits.
async function refresh(wanted) {
  const ready = []
  for (const region of wanted) {
    if (inUse(region)) later(region)
    else ready.push(region)
  }
  if (!ready.length) return
  refreshed = performance.now()
  const answer = await fetch(window.location.href, { headers: { 'X-Live': 'yes' } }).catch(() => null)
  if (!answer?.ok || answer.redirected) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const region of ready) {
    if (inUse(region)) later(region) // somebody has opened or ticked something while the page was fetched
    else replace(region, page.getElementById(region.id))
  }
}

function later(region) {
  due.add(region.id)
  if (!timer) timer = setTimeout(flush, 1500)
}

function inUse(region) {
  if (region.hasAttribute('data-busy')) return true
  const active = document.activeElement
  if (region.contains(active) && active.matches('input:not([type=checkbox]), textarea, select')) return true
  return region.querySelector('details[open].menu, details[open].way-do, [name=ids]:checked, dialog[open]') !== null
}

function replace(region, fresh) {
  if (!fresh || !region.isConnected || region.isEqualNode(fresh)) return
  const current = region.querySelector('tr.is-current')?.dataset.href
  fresh.classList.add('is-fresh')
  htmx.swap(region, fresh.outerHTML, { swapStyle: 'outerHTML', settleDelay: 0, swapDelay: 0 })
  if (current) document.querySelector(`tr[data-href="${CSS.escape(current)}"]`)?.classList.add('is-current')
}

let hiding = 0
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding)
  if (document.hidden) {
    hiding = setTimeout(() => {
      disconnect()
      missed = true
    }, AWAY)
  } else connect()
})
window.addEventListener('online', () => {
  disconnect()
  missed = true
  connect()
})
window.addEventListener('offline', () => offline(true))
window.addEventListener('pagehide', disconnect)
window.addEventListener('pageshow', connect)
document.addEventListener('qitao:changed', () => refresh(regions()))
