import { Button, Card, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../../i18n/words';
import { DateField } from '../../parts/DateField';
import { useTyped } from '../../parts/useTyped';
import { useMay } from '../../session/may';
import classes from './Audit.module.css';
import { memberQuery, membersQuery } from './auditQuery';
import type { AuditSearch } from './route';
import { actionName, actionPrefixes, auditWords, kindName } from './words';

interface Props {
  filter: AuditSearch;
  onChange: (filter: AuditSearch) => void;
}

/** What of the log is looked for. Each change is an address of its own, and begins at the newest entry. */
export function AuditFilters({ filter, onChange }: Props) {
  const t = useWords(auditWords);
  const ask = (change: AuditSearch) => onChange({ ...filter, ...change });
  const action = filter.action;
  const actions = actionPrefixes.map((value) => ({ value: String(value), label: actionName(value, t) }));
  if (action && !actions.some((a) => a.value === action)) actions.push({ value: action, label: actionName(action, t) });
  const filtered = Object.values(filter).some((v) => v !== undefined);
  return (
    <Card withBorder padding="md" component="section" aria-label={t.filters}>
      <div className={classes.filters}>
        <Who id={filter.actor} onChange={(actor) => ask({ actor })} />
        <Select
          label={t.what}
          placeholder={t.everything}
          clearable
          searchable
          selectFirstOptionOnChange
          allowDeselect={false}
          data={actions}
          value={action ?? null}
          onChange={(v) => ask({ action: v ?? undefined })}
        />
        <DateField
          label={t.from}
          value={filter.from ?? ''}
          max={filter.to}
          onChange={(from) => ask({ from: from || undefined })}
        />
        <DateField
          label={t.to}
          value={filter.to ?? ''}
          min={filter.from}
          onChange={(to) => ask({ to: to || undefined })}
        />
        {filter.object_kind && (
          <Select
            label={t.about_}
            clearable
            data={[{ value: 'this', label: `${kindName(filter.object_kind, t)} ${filter.object_id ?? ''}`.trim() }]}
            value="this"
            onChange={(v) => v ?? ask({ object_kind: undefined, object_id: undefined })}
          />
        )}
        {filtered && (
          <Button variant="subtle" color="gray" onClick={() => onChange({})}>
            {t.clear}
          </Button>
        )}
      </div>
    </Card>
  );
}

/** Who did it: a member that the server finds by name or e-mail. Whoever sees no members sees the id that the address has. */
function Who({ id, onChange }: { id?: string; onChange: (id?: string) => void }) {
  const t = useWords(auditWords);
  const sees = useMay('VIEW', 'MEMBERS');
  const { text, asked, field } = useTyped();
  const found = useQuery({ ...membersQuery(asked), enabled: sees });
  const one = useQuery({ ...memberQuery(id ?? ''), enabled: sees && id !== undefined });
  if (!sees && !id) return null;
  const options = (found.data ?? []).map((m) => ({ value: m.id, label: m.name || m.email }));
  if (id && !options.some((o) => o.value === id))
    options.unshift({ value: id, label: one.data?.name || one.data?.email || id });
  return (
    <Select
      label={t.who}
      placeholder={t.everybody}
      clearable
      allowDeselect={false}
      {...field}
      filter={({ options }) => options}
      selectFirstOptionOnChange={text !== '' && text === asked && !found.isPlaceholderData}
      nothingFoundMessage={t.nobodyFound}
      data={options}
      value={id ?? null}
      onChange={(v) => onChange(v ?? undefined)}
    />
  );
}
