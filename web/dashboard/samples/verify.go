// WEBHOOK_SECRET=whsec_… go run verify.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
)

const maxBytes = 1048576

var secret = []byte(os.Getenv("WEBHOOK_SECRET"))
var signatureShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

// body: the bytes exactly as they came, before any JSON parser.
func isGenuine(body []byte, signature string) bool {
	if !signatureShape.MatchString(signature) {
		return false
	}
	given, _ := hex.DecodeString(signature)
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), given)
}

func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBytes))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if !isGenuine(body, r.Header.Get("X-Webhook-Signature")) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var hook struct{ Event string } // parse only now
	if json.Unmarshal(body, &hook) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	log.Print(r.Header.Get("webhook-id"), " ", hook.Event) // store it, each webhook-id once
}

func main() {
	if len(secret) == 0 {
		log.Fatal("WEBHOOK_SECRET is not set")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "4000"
	}
	log.Fatal(http.ListenAndServe(":"+port, http.HandlerFunc(receive)))
}
