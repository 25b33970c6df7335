// On every page. Behaviour hangs on data attributes and is delegated from the document, so that parts which htmx puts
// in need no start-up of their own; that is why there is no component library here.
import '@tabler/core/dist/css/tabler.min.css'
import './css/app.css'
import './htmx.js'
import './frame.js'
import './toasts.js'
import './forms.js'
import './keys.js'
import './lists.js'
import './palette.js'
import './scan.js'
import './live.js'
import './board.js'
import './cases.js'
import './outbox.js'
import './pad.js'
import './pick.js'
import './ship.js'
import './stations.js'

// Charts and the camera are big: they come when a page has one.
async function draw(root) {
  const figures = root.querySelectorAll('[data-chart]')
  if (figures.length) (await import('./charts.js')).draw(figures)
}
draw(document)
document.addEventListener('htmx:load', (event) => draw(event.detail.elt.parentElement ?? document))
// A camera is offered on touch screens only, and browsers lend it to https and this machine alone.
if (navigator.mediaDevices && window.matchMedia('(pointer: coarse)').matches) {
  for (const button of document.querySelectorAll('[data-camera]')) button.hidden = false
}
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-camera]')
  if (button) (await import('./camera.js')).read(button)
})
