import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useWords } from '../../i18n/words';
import { Page } from '../../parts/Page';
import { Keys } from './keys/Keys';
import { Overview } from './overview/Overview';
import { Rejected } from './rejected/Rejected';
import { ingestTabs } from './route';
import { ingestWords } from './words';

const parts = { overview: Overview, keys: Keys, rejected: Rejected };

/** How events come in: what does, who may send them, and what was not taken. */
export function IngestPage() {
  const t = useWords(ingestWords);
  const { tab = 'overview' } = useSearch({ from: '/shell/ingest' });
  const navigate = useNavigate({ from: '/ingest' });
  const Part = parts[tab];
  return (
    <Page title={t.title} about={t.about}>
      <Tabs
        value={tab}
        onChange={(v) => navigate({ search: { tab: ingestTabs.find((x) => x === v && x !== 'overview') } })}
      >
        <Tabs.List mb="lg">
          {ingestTabs.map((x) => (
            <Tabs.Tab key={x} value={x}>
              {t[x]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Part />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
