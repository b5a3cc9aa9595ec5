import { ActionIcon, Box, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMail, IconTrash, IconUser, IconWebhook } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { useWords } from '../../i18n/words';
import { useRefusal } from '../../parts/Refused';
import fields from '../../runs/Fields.module.css';
import { useMay } from '../../session/may';
import classes from './Form.module.css';
import { type Recipient, type ScheduleDraft, withRecipient } from './form';
import { formWords } from './formWords';

interface Props {
  draft: Pick<ScheduleDraft, 'recipients' | 'typed'>;
  onChange: (change: Partial<ScheduleDraft>) => void;
  error: unknown;
}

/** Who gets the reports: members, outside addresses, webhooks. What is wrong with one stands below it. */
export function Recipients({ draft, onChange, error }: Props) {
  const { recipients, typed } = draft;
  const t = useWords(formWords);
  const wrongOf = useRefusal(error);
  const seesMembers = useMay('VIEW', 'MEMBERS');
  const type = (change: Partial<typeof typed>) => onChange({ typed: { ...typed, ...change } });
  const addTyped = (way: keyof typeof typed) => {
    const address = typed[way].trim();
    if (address) onChange({ recipients: withRecipient(recipients, { way, address }), typed: { ...typed, [way]: '' } });
  };
  const wrongs = recipients.map((_, i) => wrongOf(`recipients[${i}]`));
  const wrong = wrongs.some(Boolean) ? undefined : wrongOf('recipients');
  return (
    <fieldset className={fields.group}>
      <legend>{t.recipients}</legend>
      <Stack gap="md">
        {recipients.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t.noRecipients}
          </Text>
        ) : (
          <ul className={classes.recipients} aria-label={t.recipients}>
            {recipients.map((r, i) => (
              <li key={`${r.way} ${r.member ?? r.address}`}>
                <Kind recipient={r} />
                <Box flex={1} miw={0} style={{ overflowWrap: 'anywhere' }}>
                  <Text size="sm">{r.name || r.address}</Text>
                  {r.name && (
                    <Text size="xs" c="dimmed">
                      {r.address}
                    </Text>
                  )}
                  {wrongs[i] && (
                    <Text size="xs" c="var(--mantine-color-error)" role="alert">
                      {wrongs[i]}
                    </Text>
                  )}
                </Box>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  aria-label={t.remove(r.name || r.address || '')}
                  onClick={() => onChange({ recipients: recipients.filter((_, j) => j !== i) })}
                >
                  <IconTrash size={18} stroke={1.6} />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
        {wrong && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {wrong}
          </Text>
        )}
        <div className={fields.row}>
          {seesMembers && <AddMember onAdd={(r) => onChange({ recipients: withRecipient(recipients, r) })} />}
          <AddText
            label={t.addAddress}
            hint={t.addressHint}
            type="email"
            value={typed.mail}
            onChange={(mail) => type({ mail })}
            onAdd={() => addTyped('mail')}
          />
          <AddText
            label={t.addWebhook}
            hint={t.webhookHint}
            about={t.webhookAbout}
            type="url"
            value={typed.webhook}
            onChange={(webhook) => type({ webhook })}
            onAdd={() => addTyped('webhook')}
          />
        </div>
      </Stack>
    </fieldset>
  );
}

function Kind({ recipient: r }: { recipient: Recipient }) {
  const t = useWords(formWords);
  const [Icon, label] =
    r.way === 'webhook' ? [IconWebhook, t.webhook] : r.member ? [IconUser, t.member] : [IconMail, t.address];
  return <Icon size={18} stroke={1.6} role="img" aria-label={label} style={{ flexShrink: 0 }} />;
}

/** Finds a member by what is typed, and adds whom one chooses. */
function AddMember({ onAdd }: { onAdd: (r: Recipient) => void }) {
  const t = useWords(formWords);
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 250);
  const members = useQuery({
    queryKey: ['members', 'choice', search],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await call(
          api.GET('/api/v1/members', { params: { query: { search: search || undefined, limit: 20 } }, signal }),
        )
      ).items,
  });
  const found: Schemas['Member'][] = (members.data ?? []).filter((m) => m.status !== 'disabled');
  return (
    <Select
      label={t.addMember}
      placeholder={t.memberHint}
      data={found.map((m) => ({ value: m.id, label: `${m.name} (${m.email})` }))}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      selectFirstOptionOnChange={text !== '' && text === search && !members.isPlaceholderData}
      value={null}
      nothingFoundMessage={members.isFetching ? undefined : t.noMember}
      onChange={(id) => {
        const m = found.find((x) => x.id === id);
        if (m) onAdd({ way: 'mail', member: m.id, address: m.email, name: m.name });
        setText('');
      }}
    />
  );
}

interface TextProps {
  label: string;
  hint: string;
  about?: string;
  type: 'email' | 'url';
  value: string;
  onChange: (value: string) => void;
  onAdd: () => void;
}

function AddText({ label, hint, about, type, value, onChange, onAdd }: TextProps) {
  const t = useWords(formWords);
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <TextInput
        flex={1}
        inputMode={type}
        label={label}
        placeholder={hint}
        description={about}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
        onKeyDown={(e: KeyboardEvent) => {
          if (e.key !== 'Enter' || !value.trim()) return;
          e.preventDefault(); // of the form
          onAdd();
        }}
      />
      <Button variant="default" mt={25} disabled={!value.trim()} aria-label={`${t.add}: ${label}`} onClick={onAdd}>
        {t.add}
      </Button>
    </Group>
  );
}
