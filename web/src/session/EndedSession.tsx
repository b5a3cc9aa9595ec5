import { Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { later, useStanding } from '../parts/later';
import { fetchToasts } from '../parts/toast';
import { sessionEnded } from './again';

const Dialog = later(() => import('./SignInAgain'));

/** Stands ready for the end of the session. The dialog is fetched once the page stands, and so is what says that something failed: when the session has ended, or the server is gone, it may be too late. */
export function EndedSession() {
  const ended = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.get);
  const [needed, setNeeded] = useState(false);
  if (ended && !needed) setNeeded(true);
  const standing = useStanding();
  useEffect(() => {
    if (!standing) return;
    Dialog.fetch();
    fetchToasts().catch(() => undefined);
  }, [standing]);
  return (
    needed && (
      <Suspense>
        <Dialog />
      </Suspense>
    )
  );
}
