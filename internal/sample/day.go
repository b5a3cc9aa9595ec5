package sample

import (
	"time"

	"github.com/tallystick/tallystick"
)

// live generates what happens to the tenant on a date of its zone, including what only begins there.
func (t *tenant) live(date tallystick.Date) {
	if t.calendar.Start(date.AddDays(1)) <= t.joined || t.calendar.Start(date) >= t.end {
		return
	}
	t.date = date
	t.call()
	busy := t.busy()
	for _, kind := range []struct {
		mean   float64
		happen func(tallystick.Instant)
	}{
		{t.shifts, t.shift}, {t.chats, t.chat}, {t.conversations, t.conversation}, {t.dialogues, t.dialogue}, {t.runs, t.run},
		{t.calls, t.ring}, {t.clicks, t.click},
	} {
		for range t.times(kind.mean * busy * t.scale) {
			if at := t.moment(); at > t.joined+tallystick.Hour { // after all that open emits
				kind.happen(at)
			}
		}
	}
	if t.campaign > 0 && date.Weekday() == time.Wednesday {
		t.advertise(t.calendar.At(date, 10*tallystick.Hour))
	}
	t.change()
	t.day++
}

// busy is how much work there is that day, measured by a full working day: business grows by a third over the year, and around Christmas most people are away.
func (t *tenant) busy() float64 {
	busy := t.week[t.date.Weekday()] * (0.85 + float64(t.day)/1200)
	switch month, day := t.date.Month, t.date.Day; {
	case month == time.December && day >= 24, month == time.January && day == 1:
		return busy * 0.3
	case month == time.December:
		return busy * 1.2
	}
	return busy
}

// call decides who works that day: some three in five of those who have not left.
func (t *tenant) call() {
	t.crew = t.crew[:0]
	for i := range t.staff {
		if !t.staff[i].gone && t.maybe(0.6) {
			t.crew = append(t.crew, i)
		}
	}
	if len(t.crew) == 0 {
		t.crew = append(t.crew, 0)
	}
}

// onDuty picks one of the crew.
func (t *tenant) onDuty() string { return t.staff[pick(t, t.crew)].id }

// anyChannel picks one of the channels that customers write on.
func (t *tenant) anyChannel() int {
	var sum float64
	for _, c := range t.channels {
		sum += c.share
	}
	left := t.chance.Float64() * sum
	for i, c := range t.channels {
		if left -= c.share; left < 0 {
			return i
		}
	}
	return 0
}

// anyCustomer picks somebody who writes: one time in ten somebody new, else rather those who came last.
func (t *tenant) anyCustomer(at tallystick.Instant) *contact {
	if t.maybe(0.1) {
		return &t.customers[t.meet(at-tallystick.Second)]
	}
	n := len(t.customers)
	if recent := 200; n > recent && t.maybe(0.5) {
		return &t.customers[n-recent+t.chance.IntN(recent)]
	}
	return &t.customers[t.chance.IntN(n)]
}
