package deliver

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/tallystick/tallystick"
)

// webhookWay is a POST of JSON, signed as Standard Webhooks has it. What is attached to a mail is not here: there is a link, or only the facts.
var webhookWay = Way{Name: "webhook", Check: checkWebhook, Open: func(s Settings) (Sender, error) { return opened(openWebhook(s)) }}

const (
	webhookTimeout = 15 * time.Second // for all of it
	maxHead        = 16 << 10         // bytes of an answer's head that are read
	maxBody        = 4 << 10          // bytes of an answer's body that are read
)

// webhookSender posts webhooks, each over a connection of its own: that is what shows when the first byte is written, and no address is dialled that was looked at for another.
type webhookSender struct {
	settings Settings
	dialer   *net.Dialer
	tls      *tls.Config
	timeout  time.Duration
}

var _ Sender = (*webhookSender)(nil)

func openWebhook(s Settings) (*webhookSender, error) {
	config, err := tlsConfig("", s.CAFile)
	if err != nil {
		return nil, err
	}
	if s.Now == nil {
		return nil, errors.New("webhooks need to know the time: Settings.Now is nil")
	}
	w := &webhookSender{settings: s, dialer: &net.Dialer{}, tls: config, timeout: webhookTimeout}
	if !s.AllowPrivate {
		w.dialer.Control = refusePrivate
	}
	return w, nil
}

// Close does nothing: no connection outlives its delivery.
func (*webhookSender) Close() error { return nil }

func checkWebhook(s Settings, address string) error {
	_, err := webhookAddress(s, address)
	return err
}

// webhookAddress returns where a webhook goes, its host as Punycode, or says in an error for people why it can't.
func webhookAddress(s Settings, address string) (*url.URL, error) {
	refuse := func(hint, format string, args ...any) (*url.URL, error) {
		return nil, tallystick.Errorf(tallystick.Invalid, "%q is no address for webhooks: "+format, append([]any{short(address)}, args...)...).WithHint("%s", hint)
	}
	const example = "write it like https://example.com/hooks/tallystick"
	if strings.ContainsFunc(address, isBreak) || len(address) > maxLine {
		return refuse(example, "it is too long, or has a control character")
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Opaque != "" {
		return refuse(example, "it is not a whole URL")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && s.AllowPrivate) {
		return refuse("begin it with https://, so that nobody reads along", "%q is not encrypted", u.Scheme)
	}
	if u.User != nil {
		address = u.Redacted()
		return refuse("take it out; requests are signed", "it has a name or password in it")
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		if !s.AllowPrivate && !isPublic(ip) {
			return refuse("choose a host on the internet", "%w", errPrivate)
		}
	} else {
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return refuse(example, "it has no valid host")
		}
		if !s.AllowPrivate && (host == "localhost" || strings.HasSuffix(host, ".localhost")) {
			return refuse("choose a host on the internet", "%w", errPrivate)
		}
		if port := u.Port(); port != "" {
			host += ":" + port
		}
		u.Host = host
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return refuse("choose one of 1 to 65535, or none", "%s is not a port", port)
		}
	}
	u.Fragment = ""
	return u, nil
}

// Send posts a webhook. Where the connection breaks, or no answer comes, the outcome is [Again] and not [Unknown]: a receiver knows what it has had by the webhook-id, which
// is the same at every attempt, and Standard Webhooks has it told at least once.
func (s *webhookSender) Send(ctx context.Context, d *Delivery, begin func() error) Outcome {
	to, err := webhookAddress(s.settings, d.To)
	if err != nil {
		return outcome(Failed, err.Error())
	}
	request, err := s.request(to, d)
	if err != nil {
		return outcome(Failed, err.Error())
	}
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := s.dial(limited, to)
	if errors.Is(err, errPrivate) {
		return outcome(Failed, to.Hostname()+": "+errPrivate.Error())
	} else if err != nil {
		return outcome(Again, networkAnswer(err))
	}
	defer conn.Close()
	if err := begin(); err != nil {
		return outcome(Again, "not begun: "+err.Error())
	}
	begun, cancelBegun := afterBegin(ctx)
	defer cancelBegun()
	begun, cancelLate := context.WithTimeout(begun, s.timeout)
	defer cancelLate()
	stop := context.AfterFunc(begun, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	response, err := exchange(conn, request)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return outcome(Again, fmt.Sprintf("no answer within %v", s.timeout))
	} else if err != nil {
		return outcome(Again, "the connection broke: "+networkAnswer(err))
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxBody)) // what there is of it; the status has said all
	return verdict(response, string(body))
}

// dial makes a connection, encrypted if the address says so.
func (s *webhookSender) dial(ctx context.Context, to *url.URL) (net.Conn, error) {
	port := to.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[to.Scheme]
	}
	conn, err := s.dialer.DialContext(ctx, "tcp", net.JoinHostPort(to.Hostname(), port))
	if err != nil || to.Scheme == "http" {
		return conn, err
	}
	config := s.tls.Clone()
	config.ServerName = to.Hostname()
	encrypted := tls.Client(conn, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return encrypted, nil
}

// exchange writes a request and reads the head of its answer, past those that only say that another one follows.
func exchange(conn net.Conn, request *http.Request) (*http.Response, error) {
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	in := bufio.NewReader(io.LimitReader(conn, maxHead+maxBody))
	for {
		response, err := http.ReadResponse(in, request)
		if err != nil || response.StatusCode >= 200 {
			return response, err
		}
	}
}

// verdict is what an answer means.
func verdict(response *http.Response, body string) Outcome {
	code := response.StatusCode
	says := strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code) + " " + oneLine(body))
	switch {
	case code/100 == 2:
		return outcome(Sent, says)
	case code/100 == 3:
		return outcome(Failed, fmt.Sprintf("%d %s: the address leads to another one, %s, and redirects are not followed; give the other address", code, http.StatusText(code), short(response.Header.Get("Location"))))
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code/100 == 5:
		return outcome(Again, says)
	}
	return outcome(Failed, says)
}

// request makes the signed request.
func (s *webhookSender) request(to *url.URL, d *Delivery) (*http.Request, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	key, err := webhookKey(d.Secret)
	if err != nil {
		return nil, err
	}
	body, err := d.webhookBody()
	if err != nil {
		return nil, fmt.Errorf("write webhook: %w", err)
	}
	request, err := http.NewRequest(http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	at := strconv.FormatInt(s.settings.Now().Unix(), 10)
	request.Close = true
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"Tallystick"},
		"Webhook-Id": {d.ID}, "Webhook-Timestamp": {at}, "Webhook-Signature": {sign(key, d.ID, at, body)},
	}
	return request, nil
}

// sign is the signature of Standard Webhooks, version 1.
func sign(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

const secretPrefix = "whsec_"

func webhookKey(secret Secret) ([]byte, error) {
	text, ok := strings.CutPrefix(string(secret), secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 16 {
		return nil, tallystick.Errorf(tallystick.Invalid, "the webhook's secret is none").WithHint("write %s and 24 to 64 random bytes in base64", secretPrefix)
	}
	return key, nil
}
