package runner

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

// senders are the ways out under the settings as they are. When the settings change new ones take the place of the old, which end when the last message is out.
type senders struct {
	settings func(context.Context) (deliver.Settings, error)
	now      func() time.Time

	mu     sync.Mutex
	read   time.Time // when the settings were read
	under  deliver.Settings
	opened map[string]*openSender
}

// lacks returns why mail can't leave under the settings as they are, for people; nil: it can.
func (s *senders) lacks(ctx context.Context) (map[control.Way]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	if _, err := s.open(string(control.ByMail)); err != nil {
		return map[control.Way]string{control.ByMail: plain(err)}, nil
	}
	return nil, nil
}

// openSender is a way out that is in use.
type openSender struct {
	deliver.Sender
	users  int
	retire bool
	in     *senders
}

// settingsAge is how old what is known of the settings may be.
const settingsAge = 2 * time.Second

// of returns the way of a name; who has it gives it back by release.
func (s *senders) of(ctx context.Context, name string) (*openSender, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	o, err := s.open(name)
	if err != nil {
		return nil, err
	}
	o.users++
	return o, nil
}

// look reads the settings, unless they are known well enough.
func (s *senders) look(ctx context.Context) error {
	now := s.now()
	if s.opened != nil && now.Sub(s.read) < settingsAge && !now.Before(s.read) {
		return nil
	}
	settings, err := s.settings(ctx)
	if err != nil {
		return err
	}
	s.read = now
	if s.opened == nil || !same(settings, s.under) {
		s.retireAll()
		s.under = settings
	}
	return nil
}

// open returns the way of a name, which nobody uses for that yet.
func (s *senders) open(name string) (*openSender, error) {
	if o := s.opened[name]; o != nil {
		return o, nil
	}
	way, known := deliver.WayNamed(name)
	if !known {
		return nil, tallystick.Errorf(tallystick.Unavailable, "this program does not know the way %q", name)
	}
	if name == "mail" && s.under.SMTP.Host == "" && s.under.MailboxDir == "" {
		return nil, tallystick.Errorf(tallystick.Unavailable, "mail is not set up").WithHint("give the server a mail server, in the settings or by --smtp")
	}
	sender, err := way.Open(s.under)
	if err != nil {
		return nil, err
	}
	o := &openSender{Sender: sender, in: s}
	s.opened[name] = o
	return o, nil
}

// same reports whether two settings are the same, apart from their clocks.
func same(a, b deliver.Settings) bool {
	a.Now, b.Now = nil, nil
	return reflect.DeepEqual(a, b)
}

func (s *senders) retireAll() {
	for _, o := range s.opened {
		if o.retire = true; o.users == 0 {
			o.Close()
		}
	}
	s.opened = map[string]*openSender{}
}

func (o *openSender) release() {
	o.in.mu.Lock()
	defer o.in.mu.Unlock()
	if o.users--; o.users == 0 && o.retire {
		o.Close()
	}
}

func (s *senders) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retireAll()
}
