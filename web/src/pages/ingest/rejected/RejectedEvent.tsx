import { Alert, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useFormats } from '../../../i18n/format';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { ownZone } from '../../../i18n/zones';
import { Failed, sentence } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { partWords } from '../../../parts/words';
import { ingestWords } from '../words';
import { RejectedActions } from './RejectedActions';
import classes from './RejectedEvent.module.css';
import { type Entry, eventLink } from './rejected';
import { eventQuery } from './rejectedQuery';

interface Props {
  tenant: string;
  entry?: Entry;
  onClose: () => void;
}

/** A rejected event: why it was not taken, beside what was sent. */
export function RejectedEvent({ tenant, entry, onClose }: Props) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const last = useRef(entry); // stays while the drawer slides away
  if (entry) last.current = entry;
  const shown = entry ?? last.current;
  return (
    <Drawer
      opened={entry !== undefined}
      onClose={onClose}
      position="right"
      size="min(720px, 100vw)"
      title={<Text fw={600}>{t.eventTitle}</Text>}
      closeButtonProps={{ 'aria-label': p.close }}
    >
      {shown && <Content tenant={tenant} entry={shown} onClose={onClose} />}
    </Drawer>
  );
}

function Content({ tenant, entry, onClose }: { tenant: string; entry: Entry; onClose: () => void }) {
  const t = useWords(ingestWords);
  const { said } = useServerText();
  const f = useFormats();
  const event = useQuery(eventQuery(tenant, entry.id));
  return (
    <Stack>
      <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={sentence(said(entry.reason))}>
        {entry.path && <span className="mono">{entry.path}</span>}
      </Alert>
      <Text size="sm" c="dimmed">
        {t.receivedAt(f.instant(entry.received, ownZone))} · {t.bytes(f.number(entry.length))}
        <br />
        {t.cameWith}: <span className="mono">{entry.source}</span>
      </Text>
      {!entry.whole && <Alert color="orange">{t.cannotReplay}</Alert>}
      <Group gap="sm">
        <RejectedActions tenant={tenant} entries={[entry]} onDone={onClose} />
        <Button
          component="a"
          href={eventLink(tenant, entry.id)}
          download
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t.download}
        </Button>
      </Group>
      {event.isPending && <Loading lines={10} />}
      {event.isError && <Failed error={event.error} retry={() => event.refetch()} />}
      {event.data !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        <section className={classes.raw} tabIndex={0} aria-label={t.asSent}>
          <pre>{event.data}</pre>
        </section>
      )}
    </Stack>
  );
}
