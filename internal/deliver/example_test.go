package deliver_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/deliver"
)

// A schedule's recipient gets a mail; here into a mailbox, for there is no mail server to send it by.
func Example() {
	dir, err := os.MkdirTemp("", "mailbox")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	settings := deliver.Settings{MailboxDir: dir, SMTP: deliver.SMTP{From: "reports@example.com"}}
	way, _ := deliver.WayNamed("mail")
	if err := way.Check(settings, "ada@example"+"\r\n"); err != nil {
		fmt.Println(err)
	}
	sender, err := way.Open(settings)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sender.Close()
	delivery := &deliver.Delivery{
		ID: "run-12.ada", To: "ada@example.com", Subject: "Billing usage, October 2025", Report: "Billing usage", Company: "Acme",
		Date:   tallystick.InstantOf(time.Date(2025, 11, 1, 5, 5, 0, 0, time.UTC)),
		Totals: []deliver.Fact{{Name: "Billable sessions", Value: "18,342"}},
	}
	begin := func() error { fmt.Println("begun: from here on the mail may be there"); return nil }
	fmt.Println(sender.Send(context.Background(), delivery, begin))
	text, _, _ := strings.Cut(delivery.Text(), "-- ")
	fmt.Print(text)
	// Output:
	// "ada@example\r\n" is not a mail address that can be sent to: it has a line break or another control character; take it out
	// begun: from here on the mail may be there
	// sent: kept in the mailbox
	// Billing usage
	// Acme
	// =============
	//
	// Billable sessions  18,342
}
