import { defineConfig } from 'vite'

// One bundle for each kind of page; `manifest` tells the templates the hashed names.
export default defineConfig({
  base: '/static/dist/',
  build: {
    manifest: true,
    outDir: '../src/qitao/web/static/dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { app: 'app.js', charts: 'charts.js', scan: 'scan.js' },
      checks: { eval: false }, // in htmx, which we tell never to use it
    },
  },
})
