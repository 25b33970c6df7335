// Forms: sent once, numbered, refused in place.
import { number, toast } from './toasts.js'

// A refusal is said in the form's own place for it, else as a toast.
document.addEventListener('qitao:refused', (event) => {
  const { reason, remedy } = event.detail
  const place = event.target.closest('form, [data-refusals]')?.querySelector('[data-refusal]')
  if (!place) return toast({ text: `${reason} ${remedy}`.trim(), tone: 'bad' })
  const note = document.createElement('p')
  note.className = 'refusal'
  note.setAttribute('role', 'alert')
  const strong = document.createElement('strong')
  strong.textContent = reason
  note.append(strong, ` ${remedy}`)
  place.replaceChildren(note)
})

// It goes when the form is sent again, not when one of its fields only asks for what there is to choose.
document.addEventListener('htmx:beforeRequest', (event) => {
  if (event.detail.requestConfig.verb === 'get') return
  const form = event.detail.elt.closest('form')
  form?.querySelector('[data-refusal]')?.replaceChildren()
})

// What was done is done: the next click of this form is another command. After a lost answer the number stays.
document.addEventListener('htmx:afterRequest', (event) => {
  const { elt, successful, requestConfig } = event.detail
  if (!successful || requestConfig.verb === 'get') return
  const field = elt.closest('form')?.querySelector('input[name=command_id]')
  if (field) field.value = number()
})

document.addEventListener('htmx:sendError', failed)
document.addEventListener('htmx:timeout', failed)
document.addEventListener('htmx:responseError', (event) => {
  const { xhr } = event.detail
  if (xhr.status >= 500) toast({ text: document.getElementById('toasts').dataset.broken, tone: 'bad' })
})

function failed(event) {
  if (event.detail.requestConfig?.verb === 'get') return // the offline mark says it
  toast({ text: document.getElementById('toasts').dataset.failed, tone: 'bad' })
}

// A plain form is sent once, however often its button is pressed.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = 'yes'
})
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})

// A form that sends itself when something in it is chosen.
document.addEventListener('change', (event) => event.target.closest('form[data-auto]')?.requestSubmit())
