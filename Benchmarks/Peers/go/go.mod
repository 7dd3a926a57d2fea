module millrace-peers

go 1.26
