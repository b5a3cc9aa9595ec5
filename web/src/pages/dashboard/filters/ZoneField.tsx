import { Select } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../../../i18n/words';
import { zoneLabel } from '../../../i18n/zoneLabel';
import { zoneChoices, zoneSearch } from '../../../i18n/zones';
import { partWords } from '../../../parts/words';
import { serverNow } from '../../../session/clock';
import type { Asking } from './asking';

interface Props extends Asking {
  label: string;
  placeholder: string;
  entered: boolean;
}

/** The field of {@link ZoneChoice}. */
export default function ZoneField({ label, placeholder, entered, asked, ask }: Props) {
  const t = useWords(partWords);
  const [opened, setOpened] = useState(false);
  const { zone } = asked;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (entered) input.current?.focus();
  }, [entered]);
  // The offsets of four hundred zones take a moment, which is for who opens the list.
  const choices = useMemo(() => {
    const now = new Date(serverNow());
    if (opened) return zoneChoices(now, zone);
    return zone ? [{ value: zone, label: zoneLabel(zone, now) }] : [];
  }, [opened, zone]);
  return (
    <Select
      ref={input}
      label={label}
      placeholder={placeholder}
      data={choices}
      value={zone ?? null}
      onChange={(chosen) => ask({ zone: chosen ?? undefined })}
      onDropdownOpen={() => setOpened(true)}
      clearable
      {...zoneSearch}
      nothingFoundMessage={t.nothingFound}
    />
  );
}
