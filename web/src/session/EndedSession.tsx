import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { sessionEnded } from './again';

const load = () => import('./SignInAgain');
const Dialog = lazy(load);

/** Stands ready for the end of the session. The dialog is fetched once the page is there and idle: when the session has ended, that may be too late for it. */
export function EndedSession() {
  const ended = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.get);
  const [needed, setNeeded] = useState(false);
  if (ended && !needed) setNeeded(true);
  useEffect(() => {
    const waiting = setTimeout(() => load().catch(() => undefined), 5000);
    return () => clearTimeout(waiting);
  }, []);
  return (
    needed && (
      <Suspense>
        <Dialog />
      </Suspense>
    )
  );
}
