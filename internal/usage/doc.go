// Package usage is the one path from a question to its answer: whoever asks, over HTTP, on the command line or by a schedule, asks through it, and so gets the same.
//
//	question.go     what is asked, in the query of an address or on a command line
//	source.go       where answers come from; reached.go the engine, as far as somebody may see it
//	job.go          a job of the control plane as an order, and what is wrong with it before it is made
//	tenants.go      what a tenant's events say of it, and filters on tenants
//	about.go        what a workbook says about itself
//	explanation.go  what an explanation says to people
package usage
