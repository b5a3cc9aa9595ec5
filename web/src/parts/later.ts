import { useIsFetching } from '@tanstack/react-query';
import { type ComponentType, type LazyExoticComponent, lazy, startTransition, useEffect, useState } from 'react';

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/** A part of the app that is fetched when it is first drawn, or ahead of that by its `fetch`, which says whether it is there. */
export type Later<P> = LazyExoticComponent<ComponentType<P>> & { fetch: Fetch };
export type Fetch = () => Promise<boolean>;

/** Makes the default export of a module a part that is fetched later. It is called once for each, outside of components. */
export function later<P>(load: Load<P>): Later<P> {
  const fetch = () =>
    load().then(
      () => true,
      () => false,
    );
  return Object.assign(lazy(load), { fetch });
}

/** Whether the page stands: what it shows first is there, and the browser has nothing to do. From then on it stays true. */
export function useStanding(): boolean {
  const busy = useIsFetching() > 0;
  const [standing, setStanding] = useState(false);
  useEffect(() => {
    if (busy || standing) return;
    // What is drawn from then on may have to be fetched: until it is there, the page stays as it is.
    const stand = () => startTransition(() => setStanding(true));
    if (typeof requestIdleCallback === 'function') {
      const waiting = requestIdleCallback(stand, { timeout: 2000 });
      return () => cancelIdleCallback(waiting);
    }
    const waiting = setTimeout(stand, 200);
    return () => clearTimeout(waiting);
  }, [busy, standing]);
  return standing;
}
