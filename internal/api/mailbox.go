package api

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

// MailEntry is a mail that is kept in place of being sent, as a list shows it.
type MailEntry struct {
	ID      string `json:"id"`
	From    string `json:"from"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Date    Time   `json:"date"`
	Size    int64  `json:"size" doc:"bytes"`
}

func mailEntryOf(m deliver.MailEntry) MailEntry {
	return MailEntry{m.ID, m.From, m.To, m.Subject, Time(m.Date), m.Size}
}

// Mail is a mail with what is in it.
type Mail struct {
	MailEntry
	Headers     []MailHeader     `json:"headers" nullable:"false" doc:"by name"`
	Text        string           `json:"text"`
	HTML        string           `json:"html" doc:"as it stands in the mail; /html has it for a frame, where it runs nothing"`
	Attachments []MailAttachment `json:"attachments" nullable:"false"`
}

// MailHeader is a field of a mail's head.
type MailHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// MailAttachment is a file of a mail.
type MailAttachment struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int    `json:"size" doc:"bytes"`
}

// AttachmentWanted names a file of a mail.
type AttachmentWanted struct {
	Named
	N int `path:"n" minimum:"1" doc:"its number in the list, from 1"`
}

// registerMailbox registers the looking at mails that are kept in place of being sent. They are everybody's, and links among them let into accounts. So it needs what
// whoever could name another mail server, and get them all, has: to see the settings is not enough.
func (s *Server) registerMailbox(api huma.API) {
	const tag, path = "Mailbox", "/api/v1/mailbox"
	needed := needs{entity: control.Settings, action: control.Edit}
	handle(api, route{method: http.MethodGet, path: path, id: "list-mails", summary: "Mails that are kept in place of being sent, the newest first", tag: tag, needs: needed},
		s.listMails)
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: "get-mail", summary: "A mail with its text", tag: tag, needs: needed}, s.getMail)
	raw(api, route{method: http.MethodGet, path: path + "/{id}/raw", id: "get-raw-mail", summary: "A mail as it would be sent", tag: tag, needs: needed},
		http.StatusOK, content{"message/rfc822": nil}, s.rawMail)
	raw(api, route{method: http.MethodGet, path: path + "/{id}/html", id: "get-mail-page", summary: "The HTML of a mail, for a frame: it runs and loads nothing", tag: tag, needs: needed},
		http.StatusOK, content{"text/html": nil}, s.mailPage)
	raw(api, route{method: http.MethodGet, path: path + "/{id}/attachments/{n}", id: "get-mail-attachment", summary: "A file of a mail", tag: tag, needs: needed},
		http.StatusOK, made(), s.mailAttachment)
}

// mailbox returns the mailbox, or an error of code NotFound where the server sends its mails.
func (s *Server) mailbox() (*deliver.Mailbox, error) {
	if s.Mailbox == nil {
		return nil, tallystick.Errorf(tallystick.NotFound, "this server has no mailbox").WithHint("start it with --mailbox DIR to keep mails in place of sending them")
	}
	return s.Mailbox, nil
}

// readsMailbox reports whether somebody may look at mails that are kept in place of being sent, and whether there are any such.
func (s *Server) readsMailbox(a *control.Actor) bool {
	return s.Mailbox != nil && a.Can(control.Settings, control.Edit)
}

func (s *Server) listMails(_ context.Context, in *Page) (*listBody[MailEntry], error) {
	box, err := s.mailbox()
	if err != nil {
		return nil, err
	}
	all, err := box.List()
	if err != nil {
		return nil, err
	}
	// The ids are in the order of the list, so that a mail that is gone meanwhile still says where the next page begins.
	if in.After != "" {
		all = slices.DeleteFunc(all, func(m deliver.MailEntry) bool { return m.ID >= in.After })
	}
	next := ""
	if len(all) > in.Limit {
		all = all[:in.Limit]
		next = all[len(all)-1].ID
	}
	return pageOf(all, next, mailEntryOf), nil
}

func (s *Server) getMail(ctx context.Context, in *Named) (*struct{ Body Mail }, error) {
	read, err := s.readMail(in.ID)
	if err == nil {
		err = s.noteMail(ctx, in.ID, "mail.read", nil)
	}
	if err != nil {
		return nil, err
	}
	out := Mail{MailEntry: mailEntryOf(read.MailEntry), Headers: []MailHeader{}, Text: read.Text, HTML: read.HTML, Attachments: []MailAttachment{}}
	for _, h := range read.Headers {
		out.Headers = append(out.Headers, MailHeader(h))
	}
	for i := range read.Attachments {
		a := &read.Attachments[i]
		out.Attachments = append(out.Attachments, MailAttachment{attachmentName(read, i), a.MediaType, len(a.Content)})
	}
	return &struct{ Body Mail }{out}, nil
}

func (s *Server) readMail(id string) (*deliver.Mail, error) {
	box, err := s.mailbox()
	if err != nil {
		return nil, err
	}
	read, err := box.Read(id)
	if tallystick.CodeOf(err) == tallystick.Invalid { // what was kept is at fault, not what was asked
		err = fault(err)
	}
	return read, err
}

// noteMail writes into the audit log that somebody gets a mail, before they do.
func (s *Server) noteMail(ctx context.Context, id, action string, what any) error {
	return s.Control.AppendAudit(context.WithoutCancel(ctx), actorOf(ctx), control.Entry{Action: action, ObjectKind: "mail", ObjectID: id, After: what})
}

// mailPolicy lets the HTML of a mail look as it does in a mail program, in a frame of our pages alone, and do nothing: no script, nothing from elsewhere, no form, no
// other origin than one of its own.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

func (s *Server) mailPage(w http.ResponseWriter, r *http.Request, in *Named) {
	read, err := s.readMail(in.ID)
	if err == nil && read.HTML == "" {
		err = tallystick.Errorf(tallystick.NotFound, "the mail has no HTML").WithHint("read its text")
	}
	if err == nil {
		err = s.noteMail(r.Context(), in.ID, "mail.read", nil)
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	write(w, http.StatusOK, "text/html; charset=utf-8", []byte(read.HTML))
}

// attachmentName is what a file of a mail is called: by its number where the mail has no name for it.
func attachmentName(m *deliver.Mail, i int) string {
	if name := m.Attachments[i].Name; name != "" {
		return name
	}
	return fmt.Sprintf("attachment-%d", i+1)
}

func (s *Server) rawMail(w http.ResponseWriter, r *http.Request, in *Named) {
	box, err := s.mailbox()
	var content []byte
	if err == nil {
		content, err = box.Raw(in.ID)
	}
	if err == nil {
		err = s.noteMail(r.Context(), in.ID, "mail.download", nil)
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	takeAway(w, r, in.ID+".eml", "message/rfc822", content)
}

func (s *Server) mailAttachment(w http.ResponseWriter, r *http.Request, in *AttachmentWanted) {
	read, err := s.readMail(in.ID)
	if err == nil && in.N > len(read.Attachments) {
		err = tallystick.Errorf(tallystick.NotFound, "the mail has no file %d", in.N).WithHint("it has %d", len(read.Attachments))
	}
	if err == nil {
		err = s.noteMail(r.Context(), in.ID, "mail.download", map[string]int{"attachment": in.N})
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	a := &read.Attachments[in.N-1]
	takeAway(w, r, attachmentName(read, in.N-1), a.MediaType, a.Content)
}

// takeAway answers with a file that no browser shows as a page.
func takeAway(w http.ResponseWriter, r *http.Request, name, mediaType string, content []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	u := unhurry(w, patience)
	defer u.stop()
	http.ServeContent(u, r, "", time.Time{}, bytes.NewReader(content))
}
