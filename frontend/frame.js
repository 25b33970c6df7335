// The frame of every page: sidebar, menus, theme, dialogs.
const root = document.documentElement

document.addEventListener('click', (event) => {
  const target = event.target
  const theme = target.closest('[data-set-theme]')
  if (theme) {
    window.qitaoTheme(theme.dataset.setTheme)
    closeMenus()
    return
  }
  const toggle = target.closest('[data-toggle-side]')
  if (toggle) return side(!root.classList.contains('side-open'))
  if (root.classList.contains('side-open') && !target.closest('.side')) side(false)
  const opener = target.closest('[data-dialog]')
  if (opener) {
    opener.closest('dialog')?.close() // one sheet takes the place of the other
    open(document.getElementById(opener.dataset.dialog))
  }
  if (target.closest('[data-keys-open]')) open(document.getElementById('keys'))
  if (target.closest('[data-dialog-close]')) target.closest('dialog').close()
  if (target.nodeName === 'DIALOG') target.close() // a click on the backdrop
  if (target.closest('[data-print]')) window.print()
  closeMenus(target.closest('details.menu'))
})

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const menu = document.querySelector('details.menu[open]')
  if (menu) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
  side(false)
})

export function open(dialog) {
  if (!dialog || dialog.open) return
  closeMenus()
  dialog.showModal()
}

function closeMenus(but) {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (menu !== but) menu.open = false
}

function side(shown) {
  root.classList.toggle('side-open', shown)
  document.querySelector('[data-toggle-side]')?.setAttribute('aria-expanded', String(shown))
}

function markTheme() {
  for (const button of document.querySelectorAll('[data-set-theme]'))
    button.setAttribute('aria-pressed', String(button.dataset.setTheme === (root.dataset.theme || 'auto')))
}
markTheme()
document.addEventListener('qitao:theme', markTheme)
