package ingest

import (
	"bytes"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
)

// Decoder reads events. It may be used by several goroutines at once; it must not be changed or copied after its first use.
type Decoder struct {
	// Now is the receiver's clock. It must be set, and is asked from several goroutines.
	Now func() time.Time
	// Tenant is the one tenant whose events may come. "" is: any, and then every event says whose it is.
	Tenant string
	// NoAttributes rejects the types that change what a tenant is and may, tenant.upserted and entitlement.set.
	NoAttributes bool
	// KeepRaw lets the items of a stream have the bytes of their events, whole, also of those that were not rejected: for who hands them on as they came. Of an event
	// that is longer than allowed it still is the beginning only.
	KeepRaw bool
	// Declared returns what was declared of a type that is not built in, nil where nothing was. The data of such an event is [tallystick.Event.Extra]; fields that were
	// not declared are kept like those of any type. nil: no type was declared.
	Declared func(typ string) *tallystick.DeclaredType
	// Unknown counts what the vocabulary does not know. nil: it is not counted.
	Unknown *Unknown

	idle   sync.Pool // of *decoding
	blocks sync.Pool // of *block
	parent *Decoder  // whose pools are used instead; nil: its own
}

// For returns a decoder for the events of one tenant, "" for those of any. It is otherwise like d and shares its memory, so that one may be made for each request;
// its fields may be changed before its first use.
func (d *Decoder) For(tenant string) *Decoder {
	return &Decoder{Now: d.Now, Tenant: tenant, NoAttributes: d.NoAttributes, KeepRaw: d.KeepRaw, Declared: d.Declared, Unknown: d.Unknown, parent: d.pools()}
}

// pools returns the decoder whose pools are used.
func (d *Decoder) pools() *Decoder {
	if d.parent != nil {
		return d.parent
	}
	return d
}

// Event reads one structured CloudEvent. The error is always a *[tallystick.Error]. Raw may be changed afterwards.
func (d *Decoder) Event(raw []byte) (tallystick.Event, error) {
	run := d.begin()
	run.values = nil // the event gets memory of its own
	raw = trim(raw)
	e, err := run.event(string(raw), raw)
	d.end(run)
	if err != nil {
		return tallystick.Event{}, err
	}
	return e, nil
}

// begin returns a decoding whose clock stands at the present.
func (d *Decoder) begin() *decoding {
	run, _ := d.pools().idle.Get().(*decoding)
	if run == nil {
		run = &decoding{}
	}
	run.Decoder = d
	run.received = tallystick.InstantOf(d.Now())
	return run
}

// end keeps a decoding's memory for the next one, unless an unusual event made it large.
func (d *Decoder) end(run *decoding) {
	const usual = 1 << 12
	run.reset("", nil)
	if cap(run.members)+cap(run.data)+cap(run.names) <= usual {
		d.pools().idle.Put(run)
	}
}

// decoding is a decoder at work, with the memory that one event leaves to the next.
type decoding struct {
	*Decoder
	scanner
	received tallystick.Instant
	values   []tallystick.Value // where the data of the next events goes, while there is room
	slots    []int32            // for each rule of the type, 1 + the index of its member in scanner.data; 0: there is none
}

// maxAhead is how far ahead of the receiver's clock an event may lie.
const maxAhead = 5 * tallystick.Minute

// event reads one event. Text and raw are the same; the event keeps parts of the text.
func (d *decoding) event(text string, raw []byte) (tallystick.Event, *tallystick.Error) {
	if len(text) > tallystick.MaxEvent {
		d.reset("", nil)
		return tallystick.Event{}, tooLong(int64(len(text)))
	}
	d.reset(text, raw)
	outer, err := d.scan()
	if err != nil {
		return tallystick.Event{}, err
	}
	if outer.kind != isObject {
		return tallystick.Event{}, notObject.wrong("an event is a JSON object, not %s", d.show(outer))
	}
	e, err := d.envelope()
	if err == nil && d.NoAttributes && (e.Type == tallystick.TenantUpserted || e.Type == tallystick.EntitlementSet) {
		err = needsScope.is(tallystick.Errorf(tallystick.Denied, "%s needs the scope attributes, which the key does not have", e.Type)).At("type")
	}
	return e, err
}

// trim takes away the white space around an event, which is no part of it.
func trim(raw []byte) []byte { return bytes.Trim(raw, " \t\r\n") }

func tooLong(length int64) *tallystick.Error {
	return tooLarge.is(tallystick.Errorf(tallystick.TooLarge, "an event of %d bytes; the limit is %d", length, int64(tallystick.MaxEvent)))
}

// envelope reads the attributes that were scanned, and then the data.
func (d *decoding) envelope() (tallystick.Event, *tallystick.Error) {
	var version, id, source, typ, tenant, at, subject, data, base64 *value
	others := 0
	for i := range d.members {
		m := &d.members[i]
		if m.kind == isNull {
			continue
		}
		switch m.name {
		case "specversion":
			version = &m.value
		case "id":
			id = &m.value
		case "source":
			source = &m.value
		case "type":
			typ = &m.value
		case "tenant":
			tenant = &m.value
		case "time":
			at = &m.value
		case "subject":
			subject = &m.value
		case "data":
			data = &m.value
		case "data_base64":
			base64 = &m.value
		default:
			others++
		}
	}

	e := tallystick.Event{Received: d.received}
	if v, err := d.attribute("specversion", version); err != nil {
		return e, err
	} else if version != nil && v != "1.0" {
		return e, wrongVersion.wrong("%s is not a version of CloudEvents that is read here; 1.0 is", quote(v)).At("specversion")
	}
	var err *tallystick.Error
	if e.ID, err = d.required("id", id); err != nil {
		return e, err
	}
	if len(e.ID) > tallystick.MaxID {
		return e, idTooLong(e.ID).At("id")
	}
	if e.Source, err = d.required("source", source); err != nil {
		return e, err
	}
	if e.Type, err = d.required("type", typ); err != nil {
		return e, err
	}
	if e.Tenant, err = d.tenant(tenant); err != nil {
		return e, err
	}
	if e.Time, e.TimeMissing, err = d.time(at); err != nil {
		return e, err
	}
	if e.Subject, err = d.attribute("subject", subject); err != nil {
		return e, err
	}
	t := typeNamed(e.Type)
	var declared *tallystick.DeclaredType
	if t == nil && d.Declared != nil {
		declared = d.Declared(e.Type)
	}
	if t == nil && declared == nil {
		d.Unknown.countType(e.Type)
		return e, unknownType.wrong("unknown type %s", quote(e.Type)).At("type").WithHint("correct it, declare it in a report of your own, or mend the one that does")
	}
	if base64 != nil {
		return e, base64Data.wrong("data in base64 is not read").At("data_base64").WithHint("give the data as a JSON object in the member data")
	}
	if data != nil && data.kind != isObject {
		return e, wrongKind.wrong("a JSON object is expected, not %s", d.show(*data)).At("data")
	}
	if t != nil {
		e.Type = t.Name
		if err = d.fields(&e, t); err != nil {
			return e, under("data", err)
		}
	} else {
		if err = d.labels(declared); err != nil {
			return e, under("data", err)
		}
		e.Extra = d.extra(d.data, func(m member) bool { return !d.emptyID(declared, &m) })
	}
	if others > 0 {
		e.Attributes = d.extra(d.members, func(m member) bool { return !isAttribute(m.name) })
	}
	d.Unknown.countEvent(&e, declared)
	return e, nil
}

// isAttribute reports whether a member of the envelope has a place of its own in an event.
func isAttribute(name string) bool {
	switch name {
	case "specversion", "id", "source", "type", "tenant", "time", "subject", "data", "data_base64":
		return true
	}
	return false
}

// attribute returns the text of an attribute, "" where it is absent.
func (d *decoding) attribute(name string, v *value) (string, *tallystick.Error) {
	switch {
	case v == nil:
		return "", nil
	case v.kind != isText:
		return "", wrongKind.wrong("a text is expected, not %s", d.show(*v)).At(name)
	}
	return d.textOf(v), nil
}

func (d *decoding) required(name string, v *value) (string, *tallystick.Error) {
	text, err := d.attribute(name, v)
	switch {
	case err != nil:
		return "", err
	case v == nil:
		return "", missing.wrong("the required attribute is missing").At(name)
	case text == "":
		return "", missing.wrong("the required attribute is empty").At(name)
	}
	return text, nil
}

// textOf returns the text that stands in v.
func (s *scanner) textOf(v *value) string {
	text := s.text[v.from+1 : v.to-1]
	if !v.clean {
		text = unescape(text)
	}
	return text
}

func (d *decoding) tenant(v *value) (string, *tallystick.Error) {
	if d.Tenant == "" {
		tenant, err := d.required("tenant", v)
		if err == nil && len(tenant) > tallystick.MaxID {
			err = idTooLong(tenant).At("tenant")
		}
		return tenant, err
	}
	tenant, err := d.attribute("tenant", v)
	if err == nil && tenant != "" && tenant != d.Tenant {
		err = wrongTenant.is(tallystick.Errorf(tallystick.Denied, "the event is of the tenant %s, but only events of %s may come here", quote(tenant), quote(d.Tenant))).
			At("tenant").WithHint("leave the attribute away, or use a key for all tenants")
	}
	return d.Tenant, err
}

// time returns when the event happened, and whether that had to be taken from the clock.
func (d *decoding) time(v *value) (tallystick.Instant, bool, *tallystick.Error) {
	if v == nil {
		return d.received, true, nil
	}
	text, err := d.attribute("time", v)
	if err != nil {
		return 0, false, err
	}
	at, err := parseTime(text)
	if err != nil {
		return 0, false, err.At("time")
	}
	if at > d.received+maxAhead {
		return 0, false, tooFarAhead.wrong("%q is more than %d minutes ahead of the receiver's clock, which shows %s", text, maxAhead/tallystick.Minute, d.received).At("time").
			WithHint("correct the sender's clock or zone")
	}
	return at, false, nil
}

func idTooLong(id string) *tallystick.Error {
	return longID.is(tallystick.Errorf(tallystick.TooLarge, "the id %s is longer than %d bytes", quote(id), tallystick.MaxID))
}
