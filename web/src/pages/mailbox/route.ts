import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, textsOf } from '../../app/search';
import { shell } from '../../app/shell/route';

/** The address of the mailbox: its page, and the mail that is open. */
export interface MailboxSearch {
  /** The places behind which the pages until this one begin. */
  after?: string[];
  mail?: string;
}

export const mailboxRoute = createRoute({
  getParentRoute: () => shell,
  path: '/mailbox',
  validateSearch: (search: Record<string, unknown>): MailboxSearch => ({
    after: textsOf(search.after),
    mail: textOf(search.mail),
  }),
  component: lazyRouteComponent(() => import('./MailboxPage'), 'MailboxPage'),
});
