// Package deliver gives a report, or a notice, to one recipient: by mail, by webhook, or into a mailbox on disk that only shows what would be sent.
//
//	delivery.go  what a recipient gets; every way writes it in its own form
//	way.go       the ways there are, and the outcome of going one
//	settings.go  what a server is told about its ways; smtpurl.go the short form of it for a flag
//	text.go      a delivery as plain text; html.go as a page
//	message.go   a delivery as a mail: parts and attachment; header.go its head; address.go which addresses can be sent to
//	smtp.go      mail by SMTP; smtpconn.go its connections
//	webhook.go   a delivery as a signed POST; webhookbody.go what is posted; guard.go which addresses are never dialled
//	mailbox.go   mail into a directory; mailboxread.go what is in it
//	trial.go     a short message that tells whether mail works
//
// # Decisions
//
//   - Nobody gets a report twice because a connection broke. A sender says, by calling begin, when the first byte goes out that can't be taken back, and an outcome that
//     nobody can know afterwards is [Unknown], not another attempt.
//   - The same delivery is the same message: its Message-ID is made of [Delivery.ID], its date is the delivery's, its boundaries are made of both. So a mail server that gets
//     it twice can see that. This is why messages are put together here, byte by byte: the library that speaks SMTP draws its boundaries at random, or gives nested parts one.
//   - A value that would break out of its header is refused with a sentence, not mended: what is wrong there is wrong elsewhere too.
//   - Mail is encrypted unless the settings say it must not be. A server that doesn't offer what was chosen gets nothing.
//   - A webhook's address is somebody else's input: the address that a name leads to is looked at when it is dialled, redirects aren't followed, answers are read to a limit.
package deliver
