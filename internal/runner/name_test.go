package runner

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

func TestNames(t *testing.T) {
	daily := &tallystick.Schedule{Zone: "Europe/Madrid", Grain: tallystick.Daily, Every: 1, Hour: 6}
	hourly := &tallystick.Schedule{Zone: "Asia/Kathmandu", Grain: tallystick.Hourly, Every: 4}
	due := tallystick.Instant(1_741_584_600_000_000) // 2025-03-10T05:30:00Z
	for _, test := range []struct {
		company, schedule string
		recurrence        *tallystick.Schedule
		want              string
	}{
		{"Acme", "Daily usage", daily, "Acme_Daily-usage_2025-03-10"},
		{"Müller & Söhne <GmbH>", "v1.2_final", hourly, "Müller---Söhne--GmbH-_v1.2_final_2025-03-10T1115"},
		{"../../etc/passwd", ".hidden", daily, "-..-etc-passwd_hidden_2025-03-10"},
		{"", "...", daily, "report_report_2025-03-10"},
		{strings.Repeat("a", 70), strings.Repeat("b", 60), daily, strings.Repeat("a", 60) + "_" + strings.Repeat("b", 60) + "_2025-03-10"},
		{strings.Repeat("社", 60), strings.Repeat("й", 60), daily, strings.Repeat("社", 30) + "_" + strings.Repeat("й", 45) + "_2025-03-10"},
	} {
		got, err := scheduledName(test.company, test.schedule, test.recurrence, due)
		if err != nil || got != test.want || len(got) > 210 || !utf8.ValidString(got) {
			t.Errorf("%q, %q: %q, %v; want %q", test.company, test.schedule, got, err, test.want)
		}
	}
}

func TestSubject(t *testing.T) {
	one := Summary{Company: "Acme\r\nBcc: x@example.com\u2028", Periods: []deliver.Period{{From: "1 March 2025 00:00", Before: "1 April 2025 00:00"}}}
	if got := subject(&control.Run{Name: "Usage"}, &one); got != "Usage, Acme Bcc: x@example.com : 1 March 2025 00:00 to 1 April 2025 00:00" {
		t.Errorf("%q", got)
	}
	one.Company = strings.Repeat("社", 300)
	if got := subject(&control.Run{Name: "Usage"}, &one); utf8.RuneCountInString(got) != longestSubject || !strings.HasSuffix(got, "社…") {
		t.Errorf("%q", got)
	}
}
