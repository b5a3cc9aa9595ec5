package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The provider that the tests sign in at is the npm package oidc-provider, which the OpenID Foundation has certified; see testdata/oidc-provider.

// issuers are two real providers with the same accounts.
type issuers struct {
	UserInfo string // says e-mails in the userinfo
	IDToken  string // says e-mails in the ID token
	stop     func()
}

// startIssuers starts the providers, which lead back to one address only.
func startIssuers(t *testing.T, redirect string) *issuers {
	t.Helper()
	dir := filepath.Join("testdata", "oidc-provider")
	if err := installProvider(t.Context(), dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no OpenID Connect provider: %v", err)
		}
		t.Skipf("NOT TESTED: SIGN-IN BY OPENID CONNECT: %v; install Node.js 20 or later, with npm", err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "provider.js", redirect)
	var said bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, &said, 5*time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	i := &issuers{stop: func() {
		if !stopped {
			stopped = true
			stdin.Close() // it ends with it
			cmd.Wait()
		}
	}}
	t.Cleanup(i.stop)
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, i)
	}
	if err != nil {
		i.stop()
		t.Fatalf("the provider doesn't start: %v\n%s", err, &said)
	}
	return i
}

// installProvider installs what the lock file names, unless it is there.
func installProvider(ctx context.Context, dir string) error {
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "node", "-p", `process.versions.node.split(".")[0]`).Output()
	if err != nil {
		return fmt.Errorf("node: %w", err)
	}
	if major, err := strconv.Atoi(strings.TrimSpace(string(out))); err != nil || major < 20 {
		return fmt.Errorf("node is of version %s", strings.TrimSpace(string(out)))
	}
	stamp := filepath.Join(dir, "node_modules", ".installed")
	if was, err := os.ReadFile(stamp); err == nil && bytes.Equal(was, lock) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return os.WriteFile(stamp, lock, 0o644)
}

// account sets what the providers say of an account.
func (i *issuers) account(t *testing.T, id string, claims map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{id: claims})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(i.UserInfo+"/accounts", "application/json", bytes.NewReader(body))
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("set account: %v, %v", answer, err)
	}
	answer.Body.Close()
}

// browser is one with its cookies, and with somebody before it who does what pages ask.
type browser struct {
	t      *testing.T
	client *http.Client
	server string // ours
	accept string // what it takes; "": anything
}

// seen is what a browser was answered.
type seen struct {
	status  int
	to      string // where it leads on to, in full
	header  http.Header
	body    string
	problem Problem
}

func newBrowser(t *testing.T, server string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, server: server, client: &http.Client{Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) get(address string) seen { return b.do(http.MethodGet, address, nil) }

func (b *browser) do(method, address string, form url.Values) (p seen) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if b.accept != "" {
		r.Header.Set("Accept", b.accept)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	p = seen{status: answer.StatusCode, header: answer.Header, body: string(body)}
	if to, err := answer.Location(); err == nil {
		p.to = to.String()
	}
	if method != http.MethodHead && answer.Header.Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(body, &p.problem); err != nil {
			b.t.Fatalf("%s: %v", body, err)
		}
	}
	return p
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	formPrompt = regexp.MustCompile(`name="prompt" value="(\w+)"`)
	abortLink  = regexp.MustCompile(`href="([^"]+/abort)"`)
)

// begin begins a sign-in, and returns the address at the provider that it leads to.
func (b *browser) begin(query string) string {
	b.t.Helper()
	p := b.get(b.server + OIDCBeginPath + query)
	if p.status != http.StatusSeeOther || p.to == "" {
		b.t.Fatalf("begin is answered %d: %s", p.status, p.body)
	}
	return p.to
}

// through goes through the provider's pages, from an address that begin has led to, and returns the address of the callback. It signs in as an account and consents;
// account "" cancels.
func (b *browser) through(address, account string) (callback string) {
	b.t.Helper()
	for range 12 {
		if strings.HasPrefix(address, b.server) {
			return address
		}
		p := b.get(address)
		action, prompt := formAction.FindStringSubmatch(p.body), formPrompt.FindStringSubmatch(p.body)
		switch {
		case p.to != "":
			address = p.to
		case account == "" && abortLink.MatchString(p.body):
			address = abortLink.FindStringSubmatch(p.body)[1]
		case action != nil && prompt != nil:
			address = b.do(http.MethodPost, action[1], url.Values{"prompt": {prompt[1]}, "login": {account}, "password": {"any"}}).to
		default:
			b.t.Fatalf("the provider answers %d: %s", p.status, p.body)
		}
	}
	b.t.Fatalf("the provider leads nowhere, at last to %s", address)
	return ""
}

// signIn signs in from begin to end, and returns what the callback answers.
func (b *browser) signIn(account string) seen {
	b.t.Helper()
	return b.get(b.through(b.begin(""), account))
}
