// htmx 2 with what the strict content security policy asks for (the rest of its settings are in the page's head).
import htmx from 'htmx.org'

htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false

export default htmx
