import { Button, Card, Group, SegmentedControl } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { SearchBox } from '../../parts/SearchBox';
import { TenantFilter } from '../../parts/TenantFilter';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import { ScheduleTable } from './ScheduleTable';
import { schedulesQuery } from './schedules';
import { schedulesWords } from './words';

/** The reports that are made again and again, and the way to another. */
export function SchedulesPage() {
  const t = useWords(schedulesWords);
  const who = useWho();
  const search = useSearch({ from: '/shell/schedules' });
  const navigate = useNavigate({ from: '/schedules' });
  const mayAdd = useMay('ADD', 'SCHEDULED_TASKS');
  const schedules = useInfiniteQuery(schedulesQuery(search, who.id));
  const several = who.can_list_tenants && (who.reach.all || who.reach.tenants > 1);
  const items = schedules.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = search.search !== undefined || search.tenant !== undefined || search.mine !== undefined;
  const create = mayAdd && (
    <Button component={Link} to="/schedules/new" leftSection={<IconPlus size={18} />}>
      {t.create}
    </Button>
  );
  return (
    <Page title={t.title} about={t.about} actions={create}>
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        <Group p="md" gap="sm">
          <SearchBox
            label={t.search}
            value={search.search}
            onSearch={(text) => navigate({ search: (s) => ({ ...s, search: text }), replace: true })}
          />
          {several && (
            <TenantFilter
              label={t.tenantFilter}
              placeholder={t.allTenants}
              value={search.tenant}
              onChange={(tenant) => navigate({ search: (s) => ({ ...s, tenant }), replace: true })}
            />
          )}
          <SegmentedControl
            aria-label={t.ownerFilter}
            data={[
              { value: '', label: t.everybodys },
              { value: 'true', label: t.mine },
            ]}
            value={search.mine ?? ''}
            onChange={(v) =>
              navigate({ search: (s) => ({ ...s, mine: v === 'true' ? 'true' : undefined }), replace: true })
            }
          />
        </Group>
        {schedules.isPending && <Loading lines={8} />}
        {schedules.isError && items.length === 0 && (
          <Failed error={schedules.error} retry={() => schedules.refetch()} />
        )}
        {schedules.isSuccess &&
          items.length === 0 &&
          (filtered ? (
            <Empty title={t.noMatch} hint={t.noMatchHint} />
          ) : (
            <Empty title={t.none} hint={mayAdd ? t.noneHint : undefined}>
              {create}
            </Empty>
          ))}
        {items.length > 0 && <ScheduleTable schedules={items} />}
        {schedules.hasNextPage && (
          <Group justify="center" p="md">
            <Button variant="default" loading={schedules.isFetchingNextPage} onClick={() => schedules.fetchNextPage()}>
              {t.more}
            </Button>
          </Group>
        )}
      </Card>
    </Page>
  );
}
