package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/sample"
)

// template is a request with the places of what differs from one sending to the next: the event's id and its natural key, both UUIDs.
type template struct {
	request []byte
	ids     []int
}

// templates makes requests of made-up events.
func (d *drive) templates() []template {
	const most = 20_000 // events
	list := make([]template, 0, most/d.batch+1)
	var body []byte
	var ids []int
	n := 0
	for e := range sample.Load(sample.LoadOptions{Seed: 1, Events: most, From: tallystick.Date{Year: 2025, Month: 6, Day: 1}, Days: 1}) {
		from := len(body)
		body = append(sample.AppendJSON(body, &e), '\n')
		ids = append(ids, from+bytes.Index(body[from:], []byte(e.ID)), from+bytes.LastIndex(body[from:], []byte(e.Data[0].Text)))
		if n++; n < d.batch {
			continue
		}
		head := fmt.Sprintf("POST /api/v1/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n", d.url, d.key, len(body))
		for i := range ids {
			ids[i] += len(head)
		}
		list = append(list, template{append([]byte(head), body...), ids})
		body, ids, n = nil, nil, 0
	}
	return list
}

// client sends one request after the other. It speaks HTTP by hand: on the same two processors, the standard library's client would take from the server's share what no
// client of a real server does.
type client struct {
	random *rand.ChaCha8
	buffer []byte
	times  []time.Duration
	figures
}

// run lets all clients send until the time is over.
func (d *drive) run() (figures, error) {
	templates := d.templates()
	var sent atomic.Int64
	all := make([]client, d.clients)
	failed := make([]error, d.clients)
	var running sync.WaitGroup
	began := time.Now()
	for i := range all {
		running.Go(func() {
			all[i].random = rand.NewChaCha8([32]byte{byte(i), 1})
			failed[i] = all[i].send(d, templates, began, &sent)
		})
	}
	running.Wait()
	total := figures{Seconds: time.Since(began).Seconds()}
	var times []time.Duration
	for i := range all {
		total.Requests += all[i].Requests
		total.Accepted += all[i].Accepted
		total.Duplicate += all[i].Duplicate
		total.Rejected += all[i].Rejected
		times = append(times, all[i].times...)
	}
	if len(times) == 0 {
		return total, errors.Join(append(failed, errors.New("nothing was answered"))...)
	}
	slices.Sort(times)
	at := func(share float64) float64 { return times[int(share*float64(len(times)-1))].Seconds() * 1000 }
	total.P50, total.P99, total.Max = at(0.5), at(0.99), at(1)
	return total, errors.Join(failed...)
}

func (c *client) send(d *drive, templates []template, began time.Time, sent *atomic.Int64) error {
	conn, err := net.Dial("tcp", d.url)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 16<<10)
	for time.Since(began).Seconds() < d.seconds && sent.Add(int64(d.batch)) <= d.events {
		t := &templates[int(c.random.Uint64()%uint64(len(templates)))]
		c.buffer = append(c.buffer[:0], t.request...)
		for _, at := range t.ids {
			c.uuid(c.buffer[at:])
		}
		asked := time.Now()
		if err := conn.SetDeadline(asked.Add(time.Minute)); err != nil {
			return err
		}
		if _, err := conn.Write(c.buffer); err != nil {
			return err
		}
		if err := c.answer(in); err != nil {
			return err
		}
		c.times = append(c.times, time.Since(asked))
		c.Requests++
	}
	return nil
}

// uuid writes a random one of version 4.
func (c *client) uuid(b []byte) {
	var raw [16]byte
	c.random.Read(raw[:])
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	for _, p := range [][3]int{{0, 0, 4}, {9, 4, 6}, {14, 6, 8}, {19, 8, 10}, {24, 10, 16}} {
		hex.Encode(b[p[0]:], raw[p[1]:p[2]])
	}
}

// answer reads an answer and adds up what it says.
func (c *client) answer(in *bufio.Reader) error {
	status, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	failure := string(status)
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if len(line) <= 2 {
			break
		}
	}
	begin, err := in.Peek(min(length, 200))
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s%s", failure, begin)
	}
	for _, n := range []struct {
		name  string
		count *int64
	}{{`"accepted":`, &c.Accepted}, {`"duplicate":`, &c.Duplicate}, {`"rejected":`, &c.Rejected}} {
		_, value, _ := bytes.Cut(begin, []byte(n.name))
		digits := 0
		for digits < len(value) && value[digits]-'0' <= 9 {
			digits++
		}
		number, err := strconv.ParseInt(string(value[:digits]), 10, 64)
		if err != nil {
			return fmt.Errorf("the answer begins with %s", begin)
		}
		*n.count += number
	}
	_, err = io.CopyN(io.Discard, in, int64(length))
	return err
}
