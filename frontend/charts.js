// On pages with a chart only.
import { BarChart, CustomChart, LineChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([
  BarChart, LineChart, CustomChart,
  GridComponent, TooltipComponent, LegendComponent, DataZoomComponent, MarkLineComponent,
  CanvasRenderer,
])
window.echarts = echarts
