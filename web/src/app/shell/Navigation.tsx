import { Skeleton, Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { reportsQuery } from '../../reports/definitions';
import { may } from '../../session/may';
import { useWho } from '../../session/session';
import { places } from './navigation';
import classes from './Shell.module.css';
import { shellWords } from './words';

/** The ways to the pages that somebody may see, and no others. */
export function Navigation() {
  const t = useWords(shellWords);
  const server = useServerText();
  const who = useWho();
  const sees = may(who, 'VIEW', 'REPORTS');
  const reports = useQuery({ ...reportsQuery, enabled: sees });
  const shown = places.filter((p) => p.shown(who));
  return (
    <>
      {sees && <Heading>{t.dashboards}</Heading>}
      {sees && reports.isPending && <Skeleton height={150} m="xs" width="auto" />}
      {sees &&
        reports.data?.map((r) => (
          <Way key={r.name} to={`/dashboards/${r.name}`} label={server.report(r.name).text(r.title)} />
        ))}
      {shown.length > 0 && <Heading>{t.manage}</Heading>}
      {shown.map((p) => (
        <Way key={p.to} to={p.to} label={String(t[p.label])} icon={p.icon} />
      ))}
    </>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={6}>
      {children}
    </Text>
  );
}

function Way({ to, label, icon: Icon }: { to: string; label: string; icon?: Icon }) {
  const path = useLocation({ select: (l) => l.pathname });
  return (
    <Link to={to} className={classes.link} aria-current={path === to || path.startsWith(`${to}/`) ? 'page' : undefined}>
      {Icon && <Icon size={18} stroke={1.6} aria-hidden />}
      {label}
    </Link>
  );
}
