import { Button, Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../../i18n/words';
import { DateField } from '../../../parts/DateField';
import { SearchBox } from '../../../parts/SearchBox';
import type { IngestSearch } from '../route';
import { ingestWords } from '../words';

/** Which rejected events are looked for. The server looks through all of them, and the address says what for. */
export function RejectedFilters({ search }: { search: IngestSearch }) {
  const t = useWords(ingestWords);
  const navigate = useNavigate({ from: '/ingest' });
  const [cleared, setCleared] = useState(0);
  const ask = (change: Pick<IngestSearch, 'search' | 'type' | 'from' | 'to'>) =>
    navigate({ search: (s) => ({ ...s, ...change }), replace: true });
  const { type, from, to } = search;
  return (
    <Group key={cleared} gap="sm" align="flex-end">
      <SearchBox label={t.searchRejected} value={search.search} onSearch={(text) => ask({ search: text })} />
      <SearchBox label={t.filterType} value={type} onSearch={(text) => ask({ type: text?.trim() || undefined })} />
      <DateField
        label={t.filterFrom}
        value={from ?? ''}
        max={to}
        onChange={(date) => ask({ from: date || undefined })}
      />
      <DateField label={t.filterTo} value={to ?? ''} min={from} onChange={(date) => ask({ to: date || undefined })} />
      {(search.search || type || from || to) && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            ask({ search: undefined, type: undefined, from: undefined, to: undefined });
            setCleared(cleared + 1); // the boxes hold what was typed
          }}
        >
          {t.clearFilter}
        </Button>
      )}
    </Group>
  );
}
