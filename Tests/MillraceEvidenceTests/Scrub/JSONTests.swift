import Foundation
import Testing

@testable import MillraceEvidence

/// Nothing hides behind an escape or a key, and everything outside of strings stays byte for byte.
@Suite("scrubbing JSON") struct JSONTests {
  let scrub = Scrubbing(.json)

  @Test("escapes hide nothing")
  func escapes() throws {
    for (json, expected) in [
      (#"["\u0061lice"]"#, #"["user-1"]"#), (#"["carol\u0040example.org"]"#, #"["user-1@example.invalid"]"#),
      (#"["\/home\/carol\/x"]"#, #"["\/home\/user-1\/x"]"#),
      (#"["https:\/\/x.org\/p?a=b"]"#, #"["https:\/\/x.org\/p?[query]"]"#),
      (#"["10\u002e20.30.40"]"#, #"["192.0.2.1"]"#), (#"["C:\\Users\\carol\\x"]"#, #"["C:\\Users\\user-1\\x"]"#),
      (#"["{\"password\":\"pa\\\"ss\",\"a\":1}"]"#, #"["{\"password\":\"[token]\",\"a\":1}"]"#),
      (#"["b\u00f6hm b\u00F6hm böhm"]"#, #"["user-1 user-1 user-1"]"#), (#"["\u0026#97;lice"]"#, #"["user-1"]"#),
      (#"["x\nalice\tbuildbox\b\f"]"#, #"["x\nuser-1\thost-1\b\f"]"#),
      (#"["\ud83d\ude00 alice \ud83d"]"#, #"["\ud83d\ude00 user-1 \ud83d"]"#),
    ] {
      #expect(try scrub(json).text == expected)
      for chunk in 1...7 { #expect(try scrub.cut(into: chunk)(json).text == expected) }
    }
  }

  @Test("keys say what their values are")
  func keys() throws {
    for (json, expected) in [
      (
        #"{"password":"x","Authorization":"Basic eA==","cookie":"a=b","access_token":"t","X-Api-Key":"k"}"#,
        #"{"password":"[token]","Authorization":"[token]","cookie":"[token]","access_token":"[token]","X-Api-Key":"[token]"}"#
      ),
      (
        #"{"pass":"x","smtp_pass":"1","Pass":"5","pass":5,"bypass":"x","client-key-data":"x"}"#,
        #"{"pass":"[token]","smtp_pass":"[token]","Pass":"5","pass":5,"bypass":"x","client-key-data":"[token]"}"#
      ),
      // What a secret in the name said of the value is not known any more.
      (
        #"{"Project Falcon":"x","x4929123456":[5,"y"],"z":{"name":"project falcon","value":"w"}}"#,
        #"{"secret-1":"[token]","xsecret-2":[5,"[token]"],"z":{"name":"secret-1","value":"[token]"}}"#
      ),
      (#"{"p\u0061ssword":"x"}"#, #"{"p\u0061ssword":"[token]"}"#),
      (#"{"password":12345,"token":0,"secret":null}"#, #"{"password":0,"token":0,"secret":null}"#),
      (
        #"{"cookies":["a","b"],"auth":{"user":"carol","n":5}}"#,
        #"{"cookies":["[token]","[token]"],"auth":{"user":"[token]","n":5}}"#
      ),
      (
        #"{"hostname":"web7","host":"web7:80","node":"10.0.0.1"}"#,
        #"{"hostname":"host-1","host":"host-1:80","node":"192.0.2.1"}"#
      ),
      (
        #"{"host":"localhost:80","user":"root","owner":"1000","username":"carol"}"#,
        #"{"host":"localhost:80","user":"root","owner":"1000","username":"user-1"}"#
      ),
      (
        #"[{"name":"Cookie","value":"a=b"},{"name":"Accept","value":"c"}]"#,
        #"[{"name":"Cookie","value":"[token]"},{"name":"Accept","value":"c"}]"#
      ),
      (#"[["Authorization","Bearer x"],["Accept","x"]]"#, #"[["Authorization","[token]"],["Accept","x"]]"#),
      (
        #"{"argv":["curl","--password","p","-u","a:b","x"]}"#,
        #"{"argv":["curl","--password","[token]","-u","[token]","x"]}"#
      ),
      (#"{"pwd":"/srv/x","PWD":"hunter2"}"#, #"{"pwd":"/srv/x","PWD":"[token]"}"#),
      (#"{"10.0.0.1":{"alice":1},"10.0.0.1":2}"#, #"{"192.0.2.1":{"user-1":1},"192.0.2.1":2}"#),
    ] {
      let result = try scrub(json)
      #expect(result.text == expected)
      let again = try scrub(result.bytes)
      #expect(again.text == expected && again.counts.total == 0)
    }
  }

  @Test("no name stays under the key of a user or host, whatever its form")
  func namesOfAnyForm() throws {
    for (value, expected) in [
      (#""CORP\\carol""#, #""user-1""#), (#""Carol Smith""#, #""user-1""#), (#""CAROL@CORP""#, #""user-1""#),
      (#""1carol""#, #""user-1""#), (#""c\u0061rol, dave""#, #""user-1""#), (#""Кэрол""#, #""user-1""#),
      (#""carol@example.org""#, #""user-1@example.invalid""#), (#""~carol""#, #""~user-1""#),
      (#""Carol <carol@example.org>""#, #""user-1""#), (#""alice and carol""#, #""user-1""#),
      (#""carol from 10.20.30.40""#, #""user-1""#), (#""alice@10.20.30.40""#, #""user-1@192.0.2.1""#),
      (#""root@10.20.30.40""#, #""root@192.0.2.1""#), (#""Project Falcon 1""#, #""user-1""#),
      (#""ghp_abcdefghijklmnopqrstuvwxyz0123456789""#, #""[token]""#), (#"["a b", "A B"]"#, #"["user-1", "user-1"]"#),
      (#""1000:1000""#, #""1000:1000""#), (#""""#, #""""#), (#""*""#, #""*""#),
    ] {
      for key in ["user", "username", "Login", "OWNER"] { try expect(value, expected, under: key) }
    }
    for (value, expected) in [
      (#""db7,db8""#, #""host-1""#), (#""http://db7/""#, #""host-1""#), (#""HTTP:\/\/DB7\/p?x=y""#, #""host-1""#),
      (#""db7 (10.20.30.40)""#, #""host-1""#), (#""db7:ssh""#, #""host-1""#), (#""*.corp""#, #""host-1""#),
      (#""https://10.20.30.40:8443/?x=y""#, #""https://192.0.2.1:8443/?[query]""#),
      (#""buildbox, db.corp.example:1""#, #""host-1, host-2:1""#), (#""10.20.30.40:80""#, #""192.0.2.1:80""#),
      (#""[2a01:4f8::1]:80""#, #""[2001:db8::1]:80""#), (#""2a01:4f8::1%eth0""#, #""2001:db8::1%eth0""#),
      (#""http://localhost:80/""#, #""http://localhost:80/""#), (#""0.0.0.0:80""#, #""0.0.0.0:80""#),
    ] {
      for key in ["host", "hostName", "NODE"] { try expect(value, expected, under: key) }
    }
  }

  private func expect(_ value: String, _ expected: String, under key: String) throws {
    let json = "{\"\(key)\": \(value)}"
    let result = try scrub(json)
    #expect(result.text == "{\"\(key)\": \(expected)}")
    #expect(try scrub.cut(into: 1)(json) == result)
    let again = try scrub(result.bytes)
    #expect(again.text == result.text && again.counts.total == 0, "\(json)")
  }

  @Test("layout, numbers and the order of keys stay; a byte order mark and many values as well")
  func layout() throws {
    for json in [
      "{ \"b\" : 1.50 ,\n\t\"a\":[ -0, 1e+5 ,2E-7,1234567890123456789012345678901234567890 ], \"a\" : { } }\n", "[]",
      " [ ] \r\n", "{}\n{}\n[1]\n",
      "\u{FEFF}{\"a\":true,\"b\":false,\"c\":null}", "\"x\"", "[\"\",\"\\\\\",\"\\\"\"]", "[[[[[[1]]]]]]",
    ] {
      #expect(try scrub(json).text == json)
      #expect(try scrub.cut(into: 1)(json).text == json)
    }
  }

  @Test("a number with a secret in it becomes 0, and is counted")
  func secretNumbers() throws {
    for (json, expected, count) in [
      (#"{"account": 4929123456}"#, #"{"account": 0}"#, 1), ("4929123456", "0", 1),
      ("[-4929123456, 14929123456.50,4929123456e2\n,6.02e23 , 6.02E23]", "[0, 0,0\n,0 , 0]", 5),
      ("[492912345, 4929123457, 6.02, 0, 49.29123456]", "[492912345, 4929123457, 6.02, 0, 49.29123456]", 0),
      (#"{"4929123456": [{"a": 4929123456}]}"#, #"{"secret-1": [{"a": 0}]}"#, 2),
      (#"{"auth": {"n": 4929123456, "m": 5}}"#, #"{"auth": {"n": 0, "m": 5}}"#, 1),
    ] {
      let result = try scrub(json)
      #expect(result.text == expected)
      #expect(result.counts[.secret] == count && result.counts.total == count)
      for chunk in 1...3 { #expect(try scrub.cut(into: chunk)(json) == result) }
      let again = try scrub(result.bytes)
      #expect(again.text == expected && again.counts.total == 0)
    }
    // A password that is one, too, is counted once.
    let password = try scrub(#"{"password": 4929123456}"#)
    #expect(password.text == #"{"password": 0}"# && password.counts.total == 1)
  }

  @Test("what is not JSON is said to be none, wherever it is cut")
  func strictness() throws {
    for text in [
      "[1,]", "{\"a\":1,}", "[01]", "[1.]", "[.5]", "[+1]", "[1e]", "[-]", "[10.0.0.1]", "[2026-11-27] line", "{a:1}",
      "['a']", "[\"\t\"]", "[tru]",
      "[nulll]", "{\"a\" 1}", "[1 2]", "[", "{\"a\":", "[\"a", "]", "{]", "[}", "[1]x",
      String(repeating: "[", count: 600),
    ] {
      for chunk in [1, 2, 100] {
        #expect(throws: RefusedContent.notJSON, "\(text.prefix(40))") { _ = try scrub.cut(into: chunk)(text) }
      }
    }
  }

  @Test("strings longer than what is held are scrubbed as they come, or dropped")
  func longStrings() throws {
    let long = String(repeating: "word 10.20.30.40 ", count: 10_000)
    for chunk in [1000, 65_536, 1 << 20] {
      let result = try scrub.cut(into: chunk, window: 4096, overlap: 512)(
        "{\"a\":\"\(long)\",\"password\":\"\(long)\",\"b\":\"alice\"}")
      let kept = String(repeating: "word 192.0.2.1 ", count: 10_000)
      #expect(result.text == "{\"a\":\"\(kept)\",\"password\":\"[token]\",\"b\":\"user-1\"}")
      #expect(result.counts[.token] == 1)
    }
  }

  @Test("each kind is found in a string", arguments: Planted.all)
  func kinds(planted: Planted) throws {
    for (seed, text) in planted.cases.enumerated() {
      var dice = Dice(seed: UInt64(seed))
      for _ in 0..<5 {
        let json = "{\"x\":\(JSONText.quoted("before \(text)\(planted.takesLine ? "" : " after")", &dice))}"
        let result = try scrub(json)
        let plain = try JSONText.parse(result.bytes)["x"] as? String ?? ""
        #expect(planted.left(in: plain).isEmpty, "\(json) became \(result.text)")
        #expect(result.counts[planted.kind] > 0)
      }
    }
  }
}
