import { Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { Fragment, useRef } from 'react';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { partWords } from '../../parts/words';
import classes from './Audit.module.css';
import { type Change, changesOf } from './entry';
import { whoOf } from './entryText';
import facts from './Facts.module.css';
import type { AuditSearch } from './route';
import { actionName, auditWords, kindName } from './words';

type Entry = Schemas['AuditEntry'];

interface Props {
  entry?: Entry;
  onClose: () => void;
  onFilter: (filter: AuditSearch) => void;
}

/** An entry whole: who, what, from where, and what was before and after. */
export function EntryDrawer({ entry, onClose, onFilter }: Props) {
  const t = useWords(auditWords);
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
      title={<Text fw={600}>{shown && actionName(shown.action, t)}</Text>}
      closeButtonProps={{ 'aria-label': p.close }}
    >
      {shown && <Content entry={shown} onFilter={onFilter} />}
    </Drawer>
  );
}

function Content({ entry: e, onFilter }: { entry: Entry; onFilter: (filter: AuditSearch) => void }) {
  const t = useWords(auditWords);
  const f = useFormats();
  const changes = changesOf(e.before, e.after);
  const told: [string, string | undefined][] = [
    [t.when, e.time ? `${f.instant(e.time, ownZone)} (${ownZone})` : undefined],
    [t.who, whoOf(e, t)],
    [t.ofTenant, e.actor.tenant],
    [t.where, e.address],
    [t.action, e.action],
    [t.about_, `${kindName(e.object_kind, t)} ${e.object_id}`.trim()],
    [t.whose, e.tenant],
    [t.request, e.request_id],
    [t.number, f.number(e.seq)],
    [t.hash, e.hash],
    [t.previous, e.previous],
  ];
  return (
    <Stack gap="lg">
      {changes.length > 0 ? <Changes changes={changes} /> : <Text size="sm">{t.noChange}</Text>}
      <Group gap="sm">
        {e.actor.id && (
          <Button variant="default" size="xs" onClick={() => onFilter({ actor: e.actor.id })}>
            {t.onlyWho}
          </Button>
        )}
        {e.object_id && (
          <Button
            variant="default"
            size="xs"
            onClick={() => onFilter({ object_kind: e.object_kind, object_id: e.object_id })}
          >
            {t.onlyAbout}
          </Button>
        )}
      </Group>
      <dl className={facts.facts}>
        {told.map(([term, value]) =>
          value ? (
            <Fragment key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </Fragment>
          ) : null,
        )}
      </dl>
      <Text size="xs" c="dimmed">
        {t.chain}
      </Text>
    </Stack>
  );
}

/** Values that are sentences of the server. */
const reasons = ['reason', 'why', 'error', 'answer'];

/** What was and what is, value by value. Where there was nothing, or is nothing now, there is one column. */
function Changes({ changes }: { changes: Change[] }) {
  const t = useWords(auditWords);
  const { said } = useServerText();
  const shown = (path: string, value: string) => (reasons.includes(path) ? said(value) : value);
  const was = changes.some((c) => c.before !== undefined);
  const is = changes.some((c) => c.after !== undefined);
  return (
    <table className={classes.changes} aria-label={t.changes}>
      <thead>
        <tr>
          <th scope="col">{t.value}</th>
          {was && <th scope="col">{t.before}</th>}
          {is && <th scope="col">{t.after}</th>}
        </tr>
      </thead>
      <tbody>
        {changes.map((c) => (
          <tr key={c.path}>
            <th scope="row">{c.path || t.value}</th>
            {was && (
              <td className={c.before === undefined ? undefined : classes.was}>{shown(c.path, c.before ?? '–')}</td>
            )}
            {is && <td className={c.after === undefined ? undefined : classes.is}>{shown(c.path, c.after ?? '–')}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
