package deliver

import (
	"errors"
	"net/netip"
	"syscall"
)

// errPrivate is in the chain of an error of an address that is not dialled.
var errPrivate = errors.New("the address leads into a private network, or to this machine")

// refusePrivate is a [net.Dialer]'s Control: it is called with the address that is about to be dialled, after its name has been resolved, so that it makes no difference what
// the name led to before.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(to.Addr()) {
		return errPrivate
	}
	return nil
}

// isPublic reports whether an address is one of the internet's, by the registries of IANA for special addresses. Of IPv6 only what has been given out is; so those that hold
// an address of IPv4 are not, mapped, translated (NAT64) or tunnelled (6to4, Teredo): they'd be a way around.
func isPublic(a netip.Addr) bool {
	if a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false
	}
	for _, special := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		if netip.MustParsePrefix(special).Contains(a) {
			return false
		}
	}
	return true
}
