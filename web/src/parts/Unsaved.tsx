import { useBlocker } from '@tanstack/react-router';
import { Suspense, useSyncExternalStore } from 'react';
import { later } from './later';
import { anyUnsaved, leaving, mayLeave } from './unsaved';

const Leave = later(() => import('./Leave'));

/** Stands between pages: asks whoever leaves a form in which something is entered (see useUnsaved). */
export function Unsaved() {
  const asked = useSyncExternalStore(leaving.subscribe, leaving.asked);
  useBlocker({
    // The steps of a form are one page.
    shouldBlockFn: async ({ current, next }) => current.pathname !== next.pathname && !(await mayLeave()),
    enableBeforeUnload: anyUnsaved,
  });
  return (
    asked && (
      <Suspense>
        <Leave />
      </Suspense>
    )
  );
}
