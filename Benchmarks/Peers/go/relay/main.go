// A relay as a Go programmer would write it: io.Copy each way, half-close passed on.
//
//	go-relay -listen 127.0.0.1:8000 -to 127.0.0.1:9000
package main

import (
	"flag"
	"io"
	"log"
	"net"
	"sync"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "where clients connect")
	to := flag.String("to", "", "where their connections go")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go relay(client.(*net.TCPConn), *to)
	}
}

func relay(client *net.TCPConn, to string) {
	defer client.Close()
	connection, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	upstream := connection.(*net.TCPConn)
	defer upstream.Close()
	var both sync.WaitGroup
	both.Add(2)
	pass := func(to, from *net.TCPConn) {
		defer both.Done()
		io.Copy(to, from)
		to.CloseWrite()
	}
	go pass(upstream, client)
	go pass(client, upstream)
	both.Wait()
}
