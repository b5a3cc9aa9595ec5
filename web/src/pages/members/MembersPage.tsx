import { Button, Card, Group, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { SearchBox } from '../../parts/SearchBox';
import { TenantFilter } from '../../parts/TenantFilter';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import { LinkShown, type MadeLink } from './LinkShown';
import { MemberDialog } from './MemberDialog';
import { MemberTable } from './MemberTable';
import { type Member, membersQuery } from './members';
import { memberStates } from './route';
import { membersWords } from './words';

/** Who signs in, and the way to let in others. */
export function MembersPage() {
  const t = useWords(membersWords);
  const who = useWho();
  const search = useSearch({ from: '/shell/members' });
  const navigate = useNavigate({ from: '/members' });
  const mayAdd = useMay('ADD', 'MEMBERS');
  const members = useInfiniteQuery(membersQuery(search));
  const several = who.can_list_tenants && (who.reach.all || who.reach.tenants > 1);
  // Stays what it was while the dialog goes away.
  const [dialog, setDialog] = useState<{ opened: boolean; member?: Member }>({ opened: false });
  const [made, setMade] = useState<MadeLink>();
  const items = members.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = search.search !== undefined || search.tenant !== undefined || search.status !== undefined;
  const add = mayAdd && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setDialog({ opened: true })}>
      {t.add}
    </Button>
  );
  return (
    <Page title={t.title} about={t.about} actions={add}>
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
          <Select
            aria-label={t.stateFilter}
            placeholder={t.allStates}
            clearable
            w={170}
            data={memberStates.map((value) => ({ value, label: t[value] }))}
            value={search.status ?? null}
            onChange={(v) =>
              navigate({ search: (s) => ({ ...s, status: memberStates.find((x) => x === v) }), replace: true })
            }
          />
        </Group>
        {members.isPending && <Loading lines={8} />}
        {members.isError && items.length === 0 && <Failed error={members.error} retry={() => members.refetch()} />}
        {members.isSuccess &&
          items.length === 0 &&
          (filtered ? (
            <Empty title={t.noMatch} hint={t.noMatchHint} />
          ) : (
            <Empty title={t.none} hint={mayAdd ? t.noneHint : undefined}>
              {add}
            </Empty>
          ))}
        {items.length > 0 && (
          <MemberTable members={items} onEdit={(member) => setDialog({ opened: true, member })} onLink={setMade} />
        )}
        {members.hasNextPage && (
          <Group justify="center" p="md">
            <Button variant="default" loading={members.isFetchingNextPage} onClick={() => members.fetchNextPage()}>
              {t.more}
            </Button>
          </Group>
        )}
      </Card>
      <MemberDialog
        opened={dialog.opened}
        member={dialog.member}
        onClose={() => setDialog((d) => ({ ...d, opened: false }))}
        onLink={setMade}
      />
      <LinkShown made={made} onKept={() => setMade(undefined)} />
    </Page>
  );
}
