import { Button, Card, Menu } from '@mantine/core';
import { IconChevronDown, IconFilter, IconUsersGroup } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { Pager } from '../../parts/Pager';
import { Stale } from '../../parts/Stale';
import { ExportDialog } from '../../runs/ExportDialog';
import type { JobDraft } from '../../runs/job';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { TenantFilter } from './TenantFilter';
import { TenantTable } from './TenantTable';
import { tenantsWords } from './words';

type Of = Pick<JobDraft, 'whose' | 'tenants' | 'filter'>;

/** The tenants that somebody sees, and the way to a report of one, of all, or of those that the filter shows. */
export function TenantsPage() {
  const t = useWords(tenantsWords);
  const r = useWords(runWords);
  const { filter, after } = useSearch({ from: '/shell/tenants' });
  const navigate = useNavigate({ from: '/tenants' });
  const mayAdd = useMay('ADD', 'EXPORT_REPORTS');
  const [of, setOf] = useState<Of>();
  const [opened, setOpened] = useState(false);
  const tenants = useQuery({
    queryKey: ['tenants', 'list', filter, after],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(api.GET('/api/v1/tenants', { params: { query: { filter, after: after?.at(-1), limit: 50 } }, signal })),
  });
  const items = tenants.data?.items ?? [];
  const generate = (whose: Of) => {
    setOf(whose);
    setOpened(true);
  };
  return (
    <Page
      title={t.title}
      about={t.about}
      actions={
        mayAdd && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button rightSection={<IconChevronDown size={16} />}>{r.generate}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconUsersGroup size={16} />}
                onClick={() => generate({ whose: 'all', tenants: [], filter: [] })}
              >
                {t.forAll}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconFilter size={16} />}
                disabled={!filter}
                onClick={() => generate({ whose: 'filter', tenants: [], filter: filter ?? [] })}
              >
                {t.forFiltered}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )
      }
    >
      <TenantFilter
        key={JSON.stringify(filter)}
        filter={filter ?? []}
        error={tenants.error}
        onChange={(next) => navigate({ search: { filter: next.length > 0 ? next : undefined } })}
      />
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        {tenants.isPending && <Loading lines={10} />}
        <Stale query={tenants} />
        {tenants.isError && !tenants.data && <Failed error={tenants.error} retry={() => tenants.refetch()} />}
        {tenants.data &&
          items.length === 0 &&
          (filter ? <Empty title={t.noMatch} hint={t.noMatchHint} /> : <Empty title={t.none} hint={t.noneHint} />)}
        {items.length > 0 && (
          <TenantTable
            tenants={items}
            generate={mayAdd ? (id) => generate({ whose: 'these', tenants: [id], filter: [] }) : undefined}
          />
        )}
        <Pager
          label={t.listed}
          after={after}
          next={tenants.data?.next}
          busy={tenants.isPlaceholderData}
          onChange={(next) => navigate({ search: { filter, after: next } })}
        />
      </Card>
      <ExportDialog
        opened={opened}
        onClose={() => setOpened(false)}
        of={of}
        onMade={() => navigate({ to: '/exports' })}
      />
    </Page>
  );
}
