// The page of a case: ways out that follow the plan, deadlines that run, sheets that close when their form is done.
import htmx from './htmx.js'

// The ways out are asked for again when the plan or the case has moved – not while somebody is deciding.
let due = 0
function again() {
  clearTimeout(due)
  due = setTimeout(() => {
    const ways = document.getElementById('ways-out')
    if (!ways?.dataset.url) return
    if (ways.querySelector('.way-do[open]')) return again()
    htmx.ajax('GET', ways.dataset.url, { target: '#ways-out', swap: 'outerHTML' })
  }, 400)
}
document.addEventListener('qitao:happened', ({ detail }) => {
  const ways = document.getElementById('ways-out')
  if (ways && (detail.kind === 'planning.planned' || detail.kind === '*' || detail.about === ways.dataset.about)) again()
})

document.addEventListener('click', (event) => {
  const not = event.target.closest('[data-way-not]')
  if (!not) return
  const way = not.closest('details')
  way.open = false
  way.querySelector('summary').focus()
})

// A form that was done: its sheet closes, its remark is gone, the way that was decided closes.
document.addEventListener('htmx:beforeOnLoad', (event) => {
  const { elt, xhr, requestConfig } = event.detail
  if (xhr.status >= 300 || requestConfig.verb === 'get') return // a field that asks for its choices does nothing yet
  const form = elt.closest?.('form')
  if (!form) return
  if (form.dataset.closes) document.getElementById(form.dataset.closes)?.close()
  if ('clear' in form.dataset) {
    form.reset()
    document.activeElement?.blur()
  }
  const way = form.closest('.way-do')
  if (way && !xhr.getResponseHeader('HX-Retarget')) {
    way.open = false
    shown = form.closest('.way') !== null
  }
})
let shown = false // what was done is brought into sight once its part of the page is there
document.addEventListener('htmx:load', (event) => {
  if (!shown || event.detail.elt.id !== 'case-done') return
  shown = false
  event.detail.elt.scrollIntoView({ block: 'center', behavior: 'smooth' })
})

// How long until, in the words of the page's language.
const STEPS = [[60, 'second'], [60, 'minute'], [24, 'hour'], [365, 'day']]
function tell(time) {
  const ahead = (new Date(time.dateTime) - Date.now()) / 1000
  let value = ahead
  for (const [size, unit] of STEPS) {
    if (Math.abs(value) < size || unit === 'day') {
      const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' })
      time.textContent = words.format(Math.trunc(value), unit)
      break
    }
    value /= size
  }
  time.classList.toggle('is-late', ahead < 0)
}
const tick = () => document.querySelectorAll('time[data-deadline]').forEach(tell)
setInterval(tick, 20000)
