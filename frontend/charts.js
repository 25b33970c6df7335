// Charts, drawn with the page's own colours. A kind is a function from its data to ECharts' options.
import { BarChart, CustomChart, LineChart } from 'echarts/charts'
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

echarts.use([BarChart, LineChart, CustomChart, AriaComponent, GridComponent, TooltipComponent, LegendComponent,
  DataZoomComponent, MarkLineComponent, SVGRenderer])

const drawn = new Map()

export function draw(figures) {
  for (const [figure, chart] of drawn) if (!figure.isConnected) (chart.dispose(), drawn.delete(figure))
  for (const figure of figures) {
    const source = document.getElementById(figure.dataset.source)
    if (!source || drawn.has(figure)) continue
    const chart = echarts.init(figure, null, { renderer: 'svg' })
    drawn.set(figure, chart)
    chart.setOption(options(figure, JSON.parse(source.textContent)))
    new ResizeObserver(() => chart.resize()).observe(figure)
  }
}

document.addEventListener('qitao:theme', () => {
  for (const [figure, chart] of drawn) {
    chart.setOption(options(figure, JSON.parse(document.getElementById(figure.dataset.source).textContent)), true)
  }
})

export function colours() {
  const style = getComputedStyle(document.documentElement)
  const names = ['ink', 'ink-2', 'ink-3', 'line', 'surface', 'accent', 'accent-soft', 'good', 'warn', 'bad', 'bad-soft', 'amber', 'wait', 'busy']
  return Object.fromEntries(names.map((name) => [name.replace(/-(.)/g, (_, c) => c.toUpperCase()), style.getPropertyValue(`--${name}`).trim()]))
}

const number = (value) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 6 }).format(value)
const day = (value) => new Intl.DateTimeFormat(document.documentElement.lang, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(value)

function options(figure, data) {
  const c = colours()
  const font = getComputedStyle(document.body).fontFamily
  return {
    animation: false,
    useUTC: true, // a day is a day: it begins at no hour of the reader's
    textStyle: { fontFamily: font, color: c.ink2 },
    aria: { enabled: true, label: { description: figure.getAttribute('aria-label') || '' } },
    ...KINDS[figure.dataset.chart](data, c),
  }
}

const DAY = 86400000
const grid = { left: 8, right: 16, top: 18, bottom: 8, containLabel: true }
const axis = (c) => ({
  axisLine: { lineStyle: { color: c.line } },
  axisTick: { show: false },
  axisLabel: { color: c.ink3, fontSize: 11, hideOverlap: true },
  splitLine: { lineStyle: { color: c.line } },
})
const tip = (c) => ({ backgroundColor: c.surface, borderColor: c.line, textStyle: { color: c.ink, fontSize: 12 }, confine: true })

// {unit, words: {on_hand, safety, supply, need}, safety, points: [{on, on_hand, events: [{word, quantity}]}]}
function supply(data, c) {
  const points = data.points.map((point) => ({ value: [Date.parse(point.on), Number(point.on_hand)], point }))
  const last = points.at(-1)
  const until = Math.max(last.value[0] + 2 * DAY, points[0].value[0] + 14 * DAY)
  const after = { value: [until, last.value[1]], symbol: 'none', point: null }
  const lowest = Math.min(0, ...data.points.map((point) => Number(point.on_hand)))
  return {
    grid,
    tooltip: { trigger: 'axis', ...tip(c), formatter: ([first]) => first?.data.point && supplyTip(first.data.point, data, c) },
    xAxis: { type: 'time', minInterval: DAY, ...axis(c), splitLine: { show: false }, axisLabel: { ...axis(c).axisLabel, formatter: day } },
    yAxis: { type: 'value', min: lowest < 0 ? undefined : 0, ...axis(c), axisLabel: { ...axis(c).axisLabel, formatter: number } },
    series: [{
      name: data.words.on_hand,
      type: 'line',
      step: 'end',
      symbol: 'circle',
      symbolSize: 6,
      showSymbol: data.points.length < 60,
      data: [...points.map((each) => ({ ...each, itemStyle: { color: each.value[1] < 0 ? c.bad : c.accent } })), after],
      lineStyle: { color: c.accent, width: 2 },
      itemStyle: { color: c.accent },
      areaStyle: { color: c.accent, opacity: 0.07 },
      markLine: {
        silent: true,
        symbol: 'none',
        data: [
          ...(Number(data.safety) ? [line(Number(data.safety), data.words.safety, c.warn, 'dashed')] : []),
          ...(lowest < 0 ? [line(0, '0', c.bad, 'solid')] : []),
        ],
      },
    }],
  }
}

const line = (yAxis, text, color, type) => ({
  yAxis,
  lineStyle: { color, type, width: 1 },
  label: { formatter: text, color, position: 'insideEndTop', fontSize: 11 },
})

function supplyTip(point, data, c) {
  const row = (word, value, color) => `<div style="display:flex;justify-content:space-between;gap:24px"><span>${escape(word)}</span><b style="color:${color}">${value}</b></div>`
  const events = point.events.slice(0, 8).map((event) => row(event.word, (Number(event.quantity) > 0 ? '+' : '') + number(event.quantity), Number(event.quantity) > 0 ? c.good : c.ink))
  const more = point.events.length > 8 ? `<div>… +${point.events.length - 8}</div>` : ''
  return `<b>${day(new Date(point.on))}</b>${events.join('')}${more}${row(data.words.on_hand, `${number(point.on_hand)} ${escape(data.unit)}`, Number(point.on_hand) < 0 ? c.bad : c.ink)}`
}

function escape(text) {
  const span = document.createElement('span')
  span.textContent = text
  return span.innerHTML
}

// {labels: [], series: [{name, values: [], tone}], unit}
function bars(data, c) {
  return {
    grid,
    legend: data.series.length > 1 ? { top: 0, right: 0, textStyle: { color: c.ink2 } } : undefined,
    tooltip: { trigger: 'axis', ...tip(c), valueFormatter: number },
    xAxis: { type: 'category', data: data.labels, ...axis(c) },
    yAxis: { type: 'value', ...axis(c) },
    series: data.series.map((each) => ({
      name: each.name,
      type: 'bar',
      stack: data.stacked ? 'all' : undefined,
      barMaxWidth: 28,
      data: each.values.map(Number),
      itemStyle: { color: c[each.tone] ?? c.accent, borderRadius: 2 },
    })),
  }
}

const KINDS = { supply, bars }
