// Runs before the first paint, as a classic script: light or dark without a flash.
(function () {
  const root = document.documentElement
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  function apply() {
    const wanted = root.dataset.theme
    root.dataset.bsTheme = wanted === 'dark' || (wanted !== 'light' && dark.matches) ? 'dark' : 'light'
  }
  apply()
  dark.addEventListener('change', function () {
    apply()
    document.dispatchEvent(new CustomEvent('qitao:theme'))
  })
  window.qitaoTheme = function (wanted) {
    root.dataset.theme = wanted
    document.cookie = 'theme=' + wanted + ';path=/;max-age=31536000;samesite=lax'
    apply()
    document.dispatchEvent(new CustomEvent('qitao:theme'))
  }
})()
