package sample_test

import (
	"fmt"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/sample"
)

func ExampleEvents() {
	for e := range sample.Events(sample.Options{Seed: 1, Days: 7}) {
		fmt.Println(e.Type, e.Text(tallystick.FieldCompanyName))
		break
	}
	// Output: tenant.upserted Hudson Savings Bank
}
