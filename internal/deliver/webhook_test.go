package deliver

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// receiver is a webhook's other side, with TLS, and a sender that may speak to it.
func receiver(t *testing.T, handler http.HandlerFunc) (*webhookSender, *Delivery) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	sender, err := openWebhook(Settings{AllowPrivate: true, CAFile: ca, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	d := linked(t)
	d.To, d.Secret = server.URL+"/hooks?team=1", secret
	return sender, d
}

func TestWebhook(t *testing.T) {
	var head http.Header
	var body []byte
	var path string
	sender, d := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		head, path = r.Header, r.Method+" "+r.URL.String()
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "thank\nyou")
	})
	begun := 0
	if got := sender.Send(t.Context(), d, counted(&begun)); got != (Outcome{Sent, "202 Accepted thank you"}) || begun != 1 {
		t.Fatalf("%v, begun %d times", got, begun)
	}
	if path != "POST /hooks?team=1" || head.Get("Content-Type") != "application/json" || head.Get("webhook-id") != "d-7f3a" {
		t.Errorf("%s %v", path, head)
	}
	key, _ := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "d-7f3a.%d.%s", clock().Unix(), body)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); head.Get("webhook-signature") != want || head.Get("webhook-timestamp") != fmt.Sprint(clock().Unix()) {
		t.Errorf("signed %v, want %s", head, want)
	}
	var pretty any
	if err := json.Unmarshal(body, &pretty); err != nil {
		t.Fatal(err)
	}
	indented, _ := json.MarshalIndent(pretty, "", "\t")
	golden(t, "webhook.json", string(indented)+"\n")
}

// TestSignatureIsTheStandards checks the example of the specification's own libraries.
func TestSignatureIsTheStandards(t *testing.T) {
	key, err := webhookKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`)), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signed %s, want %s", got, want)
	}
}

func TestWebhookOutcomes(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		state  State
		says   string
	}{
		{"204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, Sent, "204 No Content"},
		{"429", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, Again, "429 Too Many Requests"},
		{"408", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(408) }, Again, "408"},
		{"503", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "later\x00!", http.StatusServiceUnavailable)
		}, Again, "503 Service Unavailable later !"},
		{"410", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, Failed, "410 Gone"},
		{"401", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who?", http.StatusUnauthorized) }, Failed, "401 Unauthorized who?"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusTemporaryRedirect)
		}, Failed, "redirects are not followed"},
		{"an answer without end", func(w http.ResponseWriter, _ *http.Request) {
			for range 10_000 {
				io.WriteString(w, strings.Repeat("x", 1000))
			}
		}, Sent, "200 OK xxx"},
		{"a head without end", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 100_000)) }, Again, "broke"},
		{"silence", func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() }, Again, "no answer within 200ms"},
		{"breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Again, "broke"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var calls atomic.Int32
			sender, d := receiver(t, func(w http.ResponseWriter, r *http.Request) { calls.Add(1); test.answer(w, r) })
			sender.timeout = 200 * time.Millisecond
			if test.state == Sent {
				sender.timeout = webhookTimeout
			}
			begun := 0
			got := sender.Send(t.Context(), d, counted(&begun))
			if got.State != test.state || !strings.Contains(got.Answer, test.says) || len(got.Answer) > maxAnswer {
				t.Errorf("%v, want %s with %q", got, test.state, test.says)
			}
			if begun != 1 || calls.Load() != 1 {
				t.Errorf("begun %d times, asked %d times", begun, calls.Load())
			}
		})
	}
	t.Run("not begun", func(t *testing.T) {
		var calls atomic.Int32
		sender, d := receiver(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
		if got := sender.Send(t.Context(), d, func() error { return errors.New("the lease is lost") }); got.State != Again || calls.Load() != 0 {
			t.Errorf("%v, asked %d times", got, calls.Load())
		}
	})
	t.Run("a certificate of nobody we trust", func(t *testing.T) {
		sender, d := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
		sender.tls.RootCAs = nil
		begun := 0
		if got := sender.Send(t.Context(), d, counted(&begun)); got.State != Again || begun != 0 || !strings.Contains(got.Answer, "certificate") {
			t.Errorf("%v, begun %d times", got, begun)
		}
	})
	t.Run("a secret that is none", func(t *testing.T) {
		sender, d := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
		d.Secret = "hunter2"
		if got := sender.Send(t.Context(), d, func() error { return nil }); got.State != Failed || strings.Contains(got.Answer, "hunter2") {
			t.Error(got)
		}
	})
}

func TestPublicAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:2800:220:1::1": true, "172.32.0.1": true, "100.128.0.1": true,
		"127.0.0.1": false, "127.8.9.1": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "100.100.100.200": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false, "192.0.0.192": false, "198.18.0.1": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fd00:ec2::254": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::a00:1": false, "2002:7f00:1::": false, "2001:0:7f00:1::": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}

func TestWebhookAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.com/hook": "https://example.com/hook", "https://müller.example:8443/a?b=c#d": "https://xn--mller-kva.example:8443/a?b=c",
		"http://example.com": "", "ftp://example.com": "", "example.com": "", "https://": "", "https://ada:pw@example.com": "", "https://127.0.0.1/": "", "https://[::1]/": "",
		"https://localhost/": "", "https://LOCALHOST/": "", "https://169.254.169.254/": "", "https://[::ffff:10.0.0.1]/": "", "https://example.com/\r\nX: y": "", "https://example.com:99999/": "", "": "",
	} {
		u, err := webhookAddress(Settings{}, address)
		if (err == nil) != (want != "") || err == nil && u.String() != want {
			t.Errorf("%q is %v, %v; want %q", address, u, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pw@") {
			t.Errorf("a password is shown: %v", err)
		}
	}
	if err := checkWebhook(Settings{AllowPrivate: true}, "http://127.0.0.1:8080/"); err != nil {
		t.Error(err)
	}
}

// TestANameThatTurnsInward has a name that led to the internet when somebody looked and leads to this machine when it is dialled.
func TestANameThatTurnsInward(t *testing.T) {
	inside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	var reached atomic.Int32
	go func() {
		for {
			c, err := inside.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			c.Close()
		}
	}()
	resolver := nameServer(t, [4]byte{93, 184, 216, 34}, [4]byte{127, 0, 0, 1})
	sender, err := openWebhook(Settings{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	sender.dialer.Resolver = resolver
	looked, err := resolver.LookupNetIP(t.Context(), "ip4", "rebind.example.")
	if err != nil || !isPublic(looked[0]) {
		t.Fatalf("looked up %v, %v", looked, err)
	}
	d := linked(t)
	d.To, d.Secret = fmt.Sprintf("https://rebind.example.:%d/", inside.Addr().(*net.TCPAddr).Port), secret
	d.To = strings.Replace(d.To, "example.:", "example:", 1)
	begun := 0
	got := sender.Send(t.Context(), d, counted(&begun))
	if got.State != Failed || !strings.Contains(got.Answer, "private network") || begun != 0 || reached.Load() != 0 {
		t.Errorf("%v, begun %d times, reached %d times", got, begun, reached.Load())
	}
	sender.dialer.Control = nil // the name does lead there
	if got := sender.Send(t.Context(), d, counted(&begun)); reached.Load() != 1 {
		t.Errorf("without the guard: %v, reached %d times", got, reached.Load())
	}
}

// nameServer answers the first question for an address with first, all later ones with then.
func nameServer(t *testing.T, first, then [4]byte) *net.Resolver {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		b := make([]byte, 1500)
		asked := 0
		for {
			n, from, err := socket.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				a := then
				if asked++; asked == 1 {
					a = first
				}
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: a}}}
			}
			if answer, err := m.Pack(); err == nil {
				socket.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}
