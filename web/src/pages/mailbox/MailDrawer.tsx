import { Button, Drawer, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconDownload, IconPaperclip } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { partWords } from '../../parts/words';
import classes from './Mail.module.css';
import { mailLink, mailQuery } from './mails';
import { mailboxWords } from './words';

/** A mail as whoever got it would see it. */
export function MailDrawer({ id, onClose }: { id?: string; onClose: () => void }) {
  const t = useWords(mailboxWords);
  const p = useWords(partWords);
  const last = useRef(id); // stays while the drawer slides away
  if (id) last.current = id;
  const shown = id ?? last.current;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="min(860px, 100vw)"
      title={<Text fw={600}>{t.mail}</Text>}
      closeButtonProps={{ 'aria-label': p.close }}
    >
      {shown && <Content key={shown} id={shown} />}
    </Drawer>
  );
}

function Content({ id }: { id: string }) {
  const mail = useQuery(mailQuery(id));
  if (mail.isPending) return <Loading lines={10} />;
  if (mail.isError) return <Failed error={mail.error} retry={() => mail.refetch()} />;
  return <Mail mail={mail.data} />;
}

function Mail({ mail }: { mail: Schemas['Mail'] }) {
  const t = useWords(mailboxWords);
  const f = useFormats();
  const [view, setView] = useState(mail.html ? 'page' : 'text');
  const views = [
    { value: 'page', label: t.page, disabled: mail.html === '' },
    { value: 'text', label: t.text },
    { value: 'head', label: t.head },
  ];
  return (
    <Stack>
      <Stack gap={4}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {mail.subject || t.noSubject}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t.fromTo(mail.from, mail.to)}
          {mail.date && ` · ${f.instant(mail.date, ownZone)}`}
        </Text>
      </Stack>
      <Group gap="sm">
        {mail.attachments.map((a, i) => (
          <Button
            key={`${a.name} ${a.size}`}
            component="a"
            href={mailLink(mail.id, `attachments/${i + 1}`)}
            download
            variant="default"
            size="xs"
            leftSection={<IconPaperclip size={16} aria-hidden />}
          >
            {t.file(a.name, f.number(a.size))}
          </Button>
        ))}
        <Button
          component="a"
          href={mailLink(mail.id, 'raw')}
          download
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t.whole}
        </Button>
      </Group>
      <SegmentedControl
        aria-label={t.view}
        style={{ alignSelf: 'flex-start' }}
        size="xs"
        data={views}
        value={view}
        onChange={setView}
      />
      {view === 'page' && (
        // The server sends it with a policy that lets it run and load nothing; so does the frame.
        <iframe className={classes.page} title={t.pageOf} src={mailLink(mail.id, 'html')} sandbox="" />
      )}
      {view === 'text' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        <section className={classes.text} tabIndex={0} aria-label={t.text}>
          <pre>{mail.text}</pre>
        </section>
      )}
      {view === 'head' && (
        <dl className={classes.head}>
          {mail.headers.map((h) => (
            <div key={`${h.name} ${h.value}`}>
              <dt>{h.name}</dt>
              <dd>{h.value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Stack>
  );
}
