package deliver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

func instant(t testing.TB, s string) tallystick.Instant {
	t.Helper()
	i, err := tallystick.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

var csv = []byte("room,sessions,messages\nSupport,1204,18800\nSales,311,2999\n")

// fileOf is a file of some content.
func fileOf(name string, content []byte) *File {
	sum := sha256.Sum256(content)
	return &File{
		Name: name, MediaType: "text/csv; charset=utf-8", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

// billing is a monthly report with all that one can have, and its file attached.
func billing(t testing.TB) *Delivery {
	t.Helper()
	return &Delivery{
		ID: "d-7f3a", To: "ada@example.com", ToName: "Ada Lovelace", Subject: "Billing usage: Müller & Söhne, October 2025",
		Date: instant(t, "2025-11-01T05:05:00Z"), Company: "Müller & Söhne <GmbH>", Schedule: "Monthly billing", Report: "Billing usage",
		Description: "For accounting: billable sessions of every channel.",
		Periods: []Period{{
			Zone: "America/New_York", From: "1 October 2025 00:00", Before: "1 November 2025 00:00",
			FromUTC: instant(t, "2025-10-01T04:00:00Z"), BeforeUTC: instant(t, "2025-11-01T04:00:00Z"),
		}},
		Lines:  []string{"12 events have since arrived for earlier periods; exports of those times have them."},
		Totals: []Fact{{"Billable sessions", "18,342"}, {"Messages", "211,907"}, {"Peak of active users", "1,204"}},
		Sample: &Sample{
			Columns: []string{"Room", "Channel", "Sessions", "Messages"}, Numeric: []bool{false, false, true, true},
			Rows: [][]string{
				{"Support", "WhatsApp", "1,204", "18,800"}, {"Sales", "Web chat", "311", "2,999"},
				{"A room with a name that somebody had much time to think about, and then some", "Facebook Messenger", "7", "41"},
			},
			More: 1288,
		},
		File: fileOf("Mueller_Monthly-billing_2025-11-01.csv", csv), Attach: true,
		Unsubscribe: "https://reports.example.com/stop/8d1f",
		Receipt:     json.RawMessage(`{"position":88123,"report":"billing-usage","version":3}`),
	}
}

// linked is the same for somebody who gets a link.
func linked(t testing.TB) *Delivery {
	d := billing(t)
	d.Attach = false
	d.Link = "https://reports.example.com/f/8d1f?token=a1b2"
	d.LinkExpires = instant(t, "2025-12-01T05:05:00Z")
	return d
}

func notice(t testing.TB) *Delivery {
	t.Helper()
	return &Delivery{
		ID: "n-1", To: "owner@example.com", Subject: "The schedule “Monthly billing” has failed", Date: instant(t, "2025-11-01T06:00:00Z"),
		Company: "Müller & Söhne <GmbH>", Schedule: "",
		Lines:  []string{"The run of 1 November 2025 01:00 (America/New_York) could not be delivered to 1 of 3 recipients.", "eve@example.org: 550 5.1.1 no such user"},
		Action: &Action{"Open the schedule", "https://reports.example.com/schedules/12?run=2025-11-01"},
	}
}

func clock() time.Time { return time.Date(2025, 11, 1, 5, 6, 7, 0, time.UTC) }
