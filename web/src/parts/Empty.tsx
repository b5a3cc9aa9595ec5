import { IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { State } from './State';

/** There is nothing yet, or nothing that the filters let through. */
export function Empty({ title, hint, children }: { title: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <State icon={IconInbox} title={title} hint={hint}>
      {children}
    </State>
  );
}
