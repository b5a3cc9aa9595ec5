// As many bytes as the server takes of a path to return to.
const longest = 1000;

/** The address that leads to the provider, and from there to a path of this app. Of a path that is too long the filters are lost. */
export function beginAt(returnTo: string): string {
  const path = returnTo.length <= longest ? returnTo : (returnTo.split(/[?#]/)[0] ?? '/');
  return `/api/v1/oidc/begin?return_to=${encodeURIComponent(path.length <= longest ? path : '/')}`;
}
