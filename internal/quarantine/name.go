package quarantine

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// suffix is that of every tenant's file.
const suffix = ".quarantine"

// fileName returns the name of a tenant's file. Small letters, digits, "-" and "." stand for themselves, other bytes are "_" and two hexadecimal digits, so that
// file systems that know no case, or not all characters, keep tenants apart. A name that would be too long is a digest; the file itself says whose it is.
func fileName(tenant string) string {
	if tenant == "" {
		return "provider" + suffix
	}
	var b strings.Builder
	b.WriteString("tenant-")
	for i := range len(tenant) {
		if c := tenant[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	if b.Len() > 200 {
		return fmt.Sprintf("digest-%x%s", sha256.Sum256([]byte(tenant)), suffix)
	}
	return b.String() + suffix
}
