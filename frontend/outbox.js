// What was done here and the server has not confirmed yet: kept in the browser until it has, sent one after the other,
// each with a number of its own – so that a lost answer, a reload or a dead battery neither loses nor doubles anything.
//
// post(url, fields, about) puts something in; `qitao:outbox` tells how much waits; `qitao:answered` brings each answer
// as {entry, reply} or {entry, refusal}. Who handles a refusal calls preventDefault(), else it becomes a toast.
import { number, toast } from './toasts.js'

const KEY = `qitao.outbox.${document.body.dataset.user ?? ''}`
const PATIENCE = 20000
const LONGEST_PAUSE = 10000
let sending = false
let pause = 500
let timer = 0
let shut = false // signed out: nothing can be sent before the page is loaded again

export const waiting = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? []
  } catch {
    return []
  }
}

function keep(entries) {
  if (entries.length) localStorage.setItem(KEY, JSON.stringify(entries))
  else localStorage.removeItem(KEY)
  tell()
}

export function post(url, fields, about) {
  const entry = { id: number(), url, fields, about }
  keep([...waiting(), entry])
  drain()
  return entry
}

const drop = (entry) => keep(waiting().filter((each) => each.id !== entry.id))

async function drain() {
  if (sending || shut) return
  sending = true
  clearTimeout(timer)
  for (let entry = waiting()[0]; entry; entry = waiting()[0]) {
    const answer = await send(entry)
    if (answer === 'later' || answer === 'shut') {
      shut = answer === 'shut'
      if (!shut) timer = setTimeout(drain, pause)
      pause = Math.min(pause * 2, LONGEST_PAUSE)
      break
    }
    pause = 500
    drop(entry)
    answered({ entry, ...answer })
  }
  sending = false
  tell()
}

async function send({ id, url, fields }) {
  const stop = new AbortController()
  const clock = setTimeout(() => stop.abort(), PATIENCE)
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { Accept: 'application/json', ...JSON.parse(document.body.getAttribute('hx-headers') ?? '{}') },
      body: new URLSearchParams({ ...fields, command_id: id }),
      redirect: 'manual',
      signal: stop.signal,
    })
    return await understood(answer)
  } catch {
    return 'later'
  } finally {
    clearTimeout(clock)
  }
}

async function understood(answer) {
  if (answer.type === 'opaqueredirect' || answer.status === 401) return 'shut'
  if (answer.status >= 500 || answer.status === 429) return 'later'
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json')
  if (answer.ok && isJson) return { reply: await answer.json() }
  if (isJson) return { refusal: await answer.json() }
  if (answer.status === 403) return 'shut' // the form's token is another one now
  return { refusal: { reason: document.getElementById('toasts').dataset.broken, remedy: '' } }
}

function answered(detail) {
  const event = new CustomEvent('qitao:answered', { detail, cancelable: true })
  const isFree = document.dispatchEvent(event)
  if (isFree && detail.refusal) toast({ text: `${detail.refusal.reason} ${detail.refusal.remedy}`.trim(), tone: 'bad' })
}

function tell() {
  const count = waiting().length
  const mark = document.getElementById('waiting')
  if (mark) {
    mark.hidden = !count
    mark.classList.toggle('is-shut', shut)
    mark.querySelector('b').textContent = count
  }
  document.dispatchEvent(new CustomEvent('qitao:outbox', { detail: { count, shut } }))
}

window.addEventListener('online', drain)
document.addEventListener('visibilitychange', () => !document.hidden && drain())
window.addEventListener('beforeunload', (event) => {
  if (waiting().length && document.querySelector('[data-pick]') && navigator.onLine === false) event.preventDefault()
})
tell()
drain()
