import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { titled } from '../../i18n/titled';
import { useWords } from '../../i18n/words';
import { zoneSearch, zones } from '../../i18n/zones';
import { partWords } from '../../parts/words';
import { SecretField } from './SecretField';
import { listOf, type Setting, textOf } from './settings';
import { settingsWords } from './words';

interface Props {
  setting: Setting;
  /** As it is entered, else as it is saved. */
  value: unknown;
  changed: boolean;
  mayEdit: boolean;
  error?: string;
  onChange: (value: unknown) => void;
}

/** A setting as the field that its kind asks for. What is fixed from outside says where, and can't be changed here. */
export function SettingField({ setting, value, changed, mayEdit, error, onChange }: Props) {
  const t = useWords(settingsWords);
  const p = useWords(partWords);
  const words = textsOf(setting, t);
  // The server calls a setting by its name, and people by its label.
  const wrong = error?.replace(new RegExp(`^${setting.name}\\b`, 'i'), words.label);
  const fixed = setting.fixed ? t.fixed(setting.fixed) : undefined;
  const readOnly = !mayEdit || fixed !== undefined;
  const common = {
    label: words.label,
    description: [words.help, fixed].filter(Boolean).join(' ') || undefined,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    error: wrong,
    readOnly,
    variant: readOnly ? 'filled' : 'default',
    rightSection: fixed && <IconLock size={16} aria-hidden />,
  };
  switch (setting.kind) {
    case 'secret':
      return (
        <SecretField {...common} set={setting.value !== null} value={value} changed={changed} onChange={onChange} />
      );
    case 'flag':
      return (
        <Switch
          label={words.label}
          description={common.description}
          error={wrong}
          disabled={readOnly}
          checked={value === true}
          onChange={(e) => onChange(e.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          {...(fixed ? {} : { rightSection: undefined })}
          maw={260}
          hideControls={readOnly}
          allowDecimal={false}
          min={setting.min}
          max={setting.max}
          clampBehavior="none"
          suffix={words.unit && ` ${words.unit}`}
          value={typeof value === 'number' ? value : ''}
          onChange={(v) => onChange(v === '' ? null : Number(v))}
        />
      );
    case 'zone':
      return readOnly ? (
        <TextInput {...common} value={textOf(value)} />
      ) : (
        <Select
          {...common}
          {...zoneSearch}
          nothingFoundMessage={p.nothingFound}
          clearable
          placeholder={words.example}
          data={zones.includes(textOf(value)) || !textOf(value) ? zones : [textOf(value), ...zones]}
          value={textOf(value) || null}
          onChange={onChange}
        />
      );
    case 'choice':
      return readOnly ? (
        <TextInput {...common} value={choiceOf(textOf(value), t)} />
      ) : (
        <Select
          {...common}
          maw={360}
          allowDeselect={false}
          data={(setting.choices ?? []).map((c) => ({ value: c, label: choiceOf(c, t) }))}
          value={textOf(value)}
          onChange={onChange}
        />
      );
    case 'domains':
    case 'texts':
      return readOnly ? (
        <TextInput {...common} value={listOf(value).join(', ')} />
      ) : (
        <TagsInput
          {...common}
          placeholder={listOf(value).length === 0 ? words.example || t.tagsHint : undefined}
          value={listOf(value)}
          onChange={onChange}
          clearable
        />
      );
    default:
      return (
        <TextInput
          {...common}
          type={setting.kind === 'email' && !readOnly ? 'email' : 'text'}
          inputMode={setting.kind === 'url' ? 'url' : undefined}
          placeholder={readOnly ? undefined : words.example}
          value={textOf(value)}
          onChange={(e) => onChange(e.currentTarget.value)}
        />
      );
  }
}

type Texts = (typeof settingsWords)['en'];

/** A text of the page by its name, where there is one: settings that the page does not know have none. */
function textNamed(t: Texts, name: string): string | undefined {
  const text = name in t ? t[name as keyof Texts] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function textsOf({ name }: Setting, t: Texts) {
  return {
    label: textNamed(t, name) ?? titled(name),
    help: textNamed(t, `${name}_help`),
    example: textNamed(t, `${name}_example`),
    unit: textNamed(t, `${name}_unit`),
  };
}

function choiceOf(choice: string, t: Texts): string {
  return textNamed(t, `choice_${choice}`) ?? choice;
}
