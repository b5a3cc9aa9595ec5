import { expect, test } from 'vitest';
import { withoutUnused } from './styles';

const used = new Set(['m_aaaaa1', 'm_bbbbb2']);

test.each([
  ['.m_aaaaa1{color:red}', '.m_aaaaa1{color:red}'],
  ['.m_ccccc3{color:red}', ''],
  ['.m_aaaaa1 .m_ccccc3{color:red}', ''],
  ['.m_ccccc3,.m_bbbbb2{color:red}', '.m_ccccc3,.m_bbbbb2{color:red}'],
  ['@media print{.m_ccccc3{color:red}}', '@media print{}'],
  ['.m_aaaaa1:not(.m_ccccc3){color:red}', '.m_aaaaa1:not(.m_ccccc3){color:red}'],
  ['.name,body{color:red}', '.name,body{color:red}'],
  ['@keyframes m_ccccc3{to{opacity:0}}', '@keyframes m_ccccc3{to{opacity:0}}'],
])('%s', (css, left) => {
  expect(withoutUnused(css, used)).toBe(left);
});
