package deliver

import "encoding/json"

// webhookBody is what is posted. Times are in UTC; what begins with local is as people read it in the zone.
func (d *Delivery) webhookBody() ([]byte, error) {
	type period struct {
		Company     string `json:"company,omitempty"`
		Zone        string `json:"zone"`
		From        string `json:"from"`
		Before      string `json:"before"`
		LocalFrom   string `json:"local_from"`
		LocalBefore string `json:"local_before"`
	}
	type fact struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	type file struct {
		Name      string `json:"name"`
		MediaType string `json:"media_type"`
		Size      int64  `json:"size"`
		SHA256    string `json:"sha256,omitempty"`
	}
	type action struct {
		Text string `json:"text"`
		Link string `json:"link"`
	}
	var message struct {
		Type      string `json:"type"`
		Timestamp string `json:"timestamp"`
		Data      struct {
			Subject     string          `json:"subject"`
			Company     string          `json:"company,omitempty"`
			Schedule    string          `json:"schedule,omitempty"`
			Report      string          `json:"report,omitempty"`
			Description string          `json:"description,omitempty"`
			Lines       []string        `json:"lines,omitempty"`
			Periods     []period        `json:"periods,omitempty"`
			Totals      []fact          `json:"totals,omitempty"`
			File        *file           `json:"file,omitempty"`
			Link        string          `json:"link,omitempty"`
			LinkExpires string          `json:"link_expires,omitempty"`
			Action      *action         `json:"action,omitempty"`
			Receipt     json.RawMessage `json:"receipt,omitempty"`
		} `json:"data"`
	}
	message.Type = "notice"
	if d.Report != "" {
		message.Type = "report.ready"
	}
	message.Timestamp = d.Date.String()
	data := &message.Data
	data.Subject, data.Company, data.Schedule, data.Report, data.Description = d.Subject, d.Company, d.Schedule, d.Report, d.Description
	data.Lines, data.Link, data.Receipt = d.Lines, d.Link, d.Receipt
	for _, p := range d.Periods {
		data.Periods = append(data.Periods, period{p.Company, p.Zone, p.FromUTC.String(), p.BeforeUTC.String(), p.From, p.Before})
	}
	for _, f := range d.Totals {
		data.Totals = append(data.Totals, fact(f))
	}
	if f := d.File; f != nil {
		data.File = &file{f.Name, f.MediaType, f.Size, f.SHA256}
	}
	if d.Link != "" && d.LinkExpires != 0 {
		data.LinkExpires = d.LinkExpires.String()
	}
	if d.Action != nil {
		data.Action = (*action)(d.Action)
	}
	return json.Marshal(message)
}
