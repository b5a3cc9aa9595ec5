import { Card } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { Pager } from '../../parts/Pager';
import { Stale } from '../../parts/Stale';
import { AuditFilters } from './AuditFilters';
import { AuditTable } from './AuditTable';
import { auditQuery } from './auditQuery';
import { EntryDrawer } from './EntryDrawer';
import { auditWords } from './words';

/** Who has done what: every change, sign-in, download and refusal about what somebody sees. */
export function AuditPage() {
  const t = useWords(auditWords);
  const search = useSearch({ from: '/shell/audit-log' });
  const navigate = useNavigate({ from: '/audit-log' });
  const log = useQuery(auditQuery(search));
  const [opened, setOpened] = useState<Schemas['AuditEntry']>();
  const { after, ...filter } = search;
  const items = log.data?.items ?? [];
  const filtered = Object.values(filter).some((v) => v !== undefined);
  return (
    <Page title={t.title} about={t.about}>
      <AuditFilters filter={filter} onChange={(next) => navigate({ search: next })} />
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        <Stale query={log} />
        {log.isPending && <Loading lines={12} />}
        {log.isError && !log.data && <Failed error={log.error} retry={() => log.refetch()} />}
        {log.data &&
          items.length === 0 &&
          (filtered ? <Empty title={t.noMatch} hint={t.noMatchHint} /> : <Empty title={t.none} />)}
        {items.length > 0 && <AuditTable entries={items} onOpen={setOpened} />}
        <Pager
          label={t.listed}
          after={after}
          next={log.data?.next}
          busy={log.isPlaceholderData}
          onChange={(next) => navigate({ search: { ...filter, after: next } })}
        />
      </Card>
      <EntryDrawer
        entry={opened}
        onClose={() => setOpened(undefined)}
        onFilter={(next) => {
          setOpened(undefined);
          navigate({ search: next });
        }}
      />
    </Page>
  );
}
