package render

import "unicode/utf8"

// appendXMLText appends the element t with a text of XLSX. XML can't hold most control characters, so the format has an escape for any UTF-16 code unit, _xHHHH_;
// what looks like one in the text has its _ escaped. Carriage returns are escaped too, which XML would turn into line feeds. A byte that is not UTF-8 becomes U+FFFD.
func appendXMLText(x []byte, s string) []byte {
	if s == "" {
		return append(x, `<t/>`...)
	}
	if space(s[0]) || space(s[len(s)-1]) {
		x = append(x, `<t xml:space="preserve">`...)
	} else {
		x = append(x, `<t>`...)
	}
	const hex = "0123456789ABCDEF"
	plain := 0 // s[plain:i] needs no change
	for i := 0; i < len(s); {
		ch, size, escaped := s[i], 1, ""
		switch {
		case ch >= utf8.RuneSelf:
			var r rune
			switch r, size = utf8.DecodeRuneInString(s[i:]); {
			case r == utf8.RuneError && size == 1:
				escaped = "\ufffd"
			case r == 0xfffe:
				escaped = "_xFFFE_"
			case r == 0xffff:
				escaped = "_xFFFF_"
			}
		case ch == '&':
			escaped = "&amp;"
		case ch == '<':
			escaped = "&lt;"
		case ch == '>':
			escaped = "&gt;"
		case ch == '_' && looksEscaped(s[i:]):
			escaped = "_x005F_"
		case ch < ' ' && ch != '\t' && ch != '\n':
			x = append(append(x, s[plain:i]...), '_', 'x', '0', '0', hex[ch>>4], hex[ch&0xf], '_')
			plain = i + 1
		}
		if escaped != "" {
			x = append(append(x, s[plain:i]...), escaped...)
			plain = i + size
		}
		i += size
	}
	return append(append(x, s[plain:]...), `</t>`...)
}

// looksEscaped reports whether s begins like an escape: the _ behind it may be that of an escape that follows.
func looksEscaped(s string) bool {
	if len(s) < 6 || s[1] != 'x' {
		return false
	}
	for _, ch := range []byte(s[2:6]) {
		if !(ch >= '0' && ch <= '9' || ch >= 'A' && ch <= 'F' || ch >= 'a' && ch <= 'f') {
			return false
		}
	}
	return true
}

// space reports whether programs may drop the character at the end of a text.
func space(ch byte) bool { return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' }

// appendXMLEscaped appends the name of a sheet, which has no control characters, to an attribute or element.
func appendXMLEscaped(x []byte, s string) []byte {
	for _, r := range s {
		switch r {
		case '&':
			x = append(x, "&amp;"...)
		case '<':
			x = append(x, "&lt;"...)
		case '>':
			x = append(x, "&gt;"...)
		case '"':
			x = append(x, "&quot;"...)
		default:
			x = utf8.AppendRune(x, r)
		}
	}
	return x
}
