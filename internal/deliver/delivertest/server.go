// Package delivertest has a mail server on this machine for tests: it speaks SMTP as the RFCs have it, keeps what it takes, and misbehaves on command.
//
//	server := delivertest.Start(t, delivertest.Options{})
//	server.Next(delivertest.Accept, delivertest.Drop) // takes the next message and ends the connection before it says so
//	… deliver.Settings{SMTP: deliver.SMTP{Host: server.Host, Port: server.Port, Security: deliver.Unencrypted, From: "a@example.com"}} …
//	server.Messages()
package delivertest

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/mail"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Options say what server it is. The zero value takes mail without encryption or signing in.
type Options struct {
	TLS        bool              // from the first byte
	StartTLS   bool              // offered
	Users      map[string]string // with their passwords; who isn't one of them may not send
	Mechanisms []string          // nil: PLAIN, LOGIN, CRAM-MD5
	MaxSize    int64             // of a message, as EHLO tells it; 0: none
}

// Message is one that the server has taken.
type Message struct {
	From, To string // of the envelope
	User     string // who has signed in
	TLS      bool
	Raw      []byte
}

// Header returns a field of a message's head, "" where it has none.
func (m Message) Header(name string) string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	return parsed.Header.Get(name)
}

// Stage is where a server may misbehave.
type Stage string

const (
	Connect Stage = "connect" // instead of the greeting
	Mail    Stage = "mail"
	Rcpt    Stage = "rcpt"
	Content Stage = "content" // in the middle of the content; an answer is given after it, and the message not kept
	Accept  Stage = "accept"  // after the content: with Drop and Hang the message is kept, with a refusal not
)

// Answer is what a server does instead of saying yes.
type Answer struct {
	Code     int
	Enhanced [3]int
	Text     string
	then     string // drop or hang
}

// Drop ends the connection without a word, Hang says nothing and keeps it.
var (
	Drop = Answer{then: "drop"}
	Hang = Answer{then: "hang"}
)

// Server is a running mail server. It ends with its test.
type Server struct {
	Host   string
	Port   int
	CAFile string // the certificate of whoever has signed the server's

	options Options
	server  *smtp.Server
	done    chan struct{}

	mu       sync.Mutex
	messages []Message
	next     map[Stage][]Answer
	always   map[Stage]*Answer
	grey     map[string]bool // nil: not greylisting; whether a recipient has been seen
	conns    map[net.Conn]bool
	dialled  int
}

// Start starts a server on a free port of 127.0.0.1.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{Host: "127.0.0.1", options: o, done: make(chan struct{}), next: map[Stage][]Answer{}, always: map[Stage]*Answer{}, conns: map[net.Conn]bool{}}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }))
	s.server.Domain = "mail.test"
	s.server.AllowInsecureAuth = true
	s.server.MaxMessageBytes = o.MaxSize
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	s.server.ReadTimeout = 30 * time.Second
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = plain.Addr().(*net.TCPAddr).Port
	var listener net.Listener = &watched{plain, s}
	if o.TLS || o.StartTLS {
		certificate, caFile := certify(t)
		s.CAFile = caFile
		s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	if o.TLS {
		listener = tls.NewListener(listener, s.server.TLSConfig)
		s.server.TLSConfig = nil // no second layer
	}
	served := make(chan struct{})
	go func() { defer close(served); s.server.Serve(listener) }()
	t.Cleanup(func() {
		close(s.done)
		s.server.Close()
		plain.Close() // a server that has not begun to listen doesn't know it yet
		s.DropConnections()
		<-served
	})
	return s
}

// Addr is the server's host and port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Messages returns what the server has taken, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Dialled returns how many connections there have been.
func (s *Server) Dialled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialled
}

// Next tells the server what to do at a stage the next times that it comes there, once for each answer.
func (s *Server) Next(stage Stage, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[stage] = append(s.next[stage], answers...)
}

// Always tells the server what to do at a stage from now on.
func (s *Server) Always(stage Stage, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[stage] = &a
}

// Greylist makes the server answer 450 the first time that it sees a recipient.
func (s *Server) Greylist() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grey = map[string]bool{}
}

// DropConnections ends all connections, as a server does that is started anew.
func (s *Server) DropConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

// answer returns what to do at a stage; nil is yes.
func (s *Server) answer(stage Stage) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.next[stage]; len(waiting) > 0 {
		s.next[stage] = waiting[1:]
		return &waiting[0]
	}
	return s.always[stage]
}

// do does what an answer says on a connection; the error is the reply.
func (s *Server) do(a *Answer, c net.Conn) error {
	switch {
	case a == nil:
		return nil
	case a.then == "hang":
		<-s.done
		c.Close()
	case a.then == "drop":
		c.Close()
	}
	return &smtp.SMTPError{Code: a.Code, EnhancedCode: smtp.EnhancedCode(a.Enhanced), Message: a.Text}
}

// watched is a listener that knows its connections, and misbehaves before the greeting.
type watched struct {
	net.Listener
	s *Server
}

func (w *watched) Accept() (net.Conn, error) {
	for {
		c, err := w.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetReadBuffer(64 << 10) // so that what the server has not read of a long mail is mostly with who sends it
		}
		w.s.mu.Lock()
		w.s.dialled++
		w.s.conns[c] = true
		w.s.mu.Unlock()
		a := w.s.answer(Connect)
		if a == nil {
			return c, nil
		}
		if a.Code != 0 {
			io.WriteString(c, strconv.Itoa(a.Code)+" "+a.Text+"\r\n")
		}
		if a.then != "hang" { // a connection that hangs is ended with the server
			c.Close()
		}
	}
}
