import { Suspense, useSyncExternalStore } from 'react';
import { later } from './later';
import { toasted } from './toast';

const Toasts = later(() => import('./Toasts'));

/** Where toasts are drawn, from the first one on. */
export function ToastPlace() {
  const any = useSyncExternalStore(toasted.subscribe, toasted.get);
  return (
    any && (
      <Suspense>
        <Toasts />
      </Suspense>
    )
  );
}
