import { defineConfig } from 'vite'

// One bundle for every page; charts and the camera are chunks that load where they are used.
// `manifest` tells the templates the hashed names (qitao.web.assets).
export default defineConfig({
  base: '/static/dist/',
  build: {
    manifest: true,
    outDir: '../src/qitao/web/static/dist',
    emptyOutDir: false, // a running server still serves what it started with; tools/assets.py prunes
    assetsInlineLimit: 0, // no data: addresses; the content security policy stays narrow
    chunkSizeWarningLimit: 1200,
    target: ['chrome90', 'firefox90', 'safari15'], // tablets and scanners of the floor are not new
    rolldownOptions: {
      input: { app: 'app.js', theme: 'theme.js' },
      checks: { eval: false }, // in htmx, which we tell never to use it
    },
  },
})
