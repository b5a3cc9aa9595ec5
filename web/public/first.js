// Runs before the app is there. Sets light or dark before the first paint, so that nothing flashes; the app goes on from there.
(() => {
  const chosen = localStorage.getItem('mantine-color-scheme-value');
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

// Asks who is signed in while the app is fetched. The pages for somebody who is not don't need to know.
if (!/^\/(sign-in|welcome)\b/.test(location.pathname)) {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: '/api/v1/session-state' });
  document.head.append(link);
}
