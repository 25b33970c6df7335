// On every page: looks and partial pages.
import '@tabler/core/dist/css/tabler.min.css'
import '@tabler/core/dist/js/tabler.min.js'
import './app.css'
import htmx from 'htmx.org'

window.htmx = htmx
htmx.config.includeIndicatorStyles = false // the content security policy allows no inline style sheet
htmx.config.allowEval = false
