import Testing

/// The reader that other tests lean on: it has to refuse.
@Suite("The reader of Prometheus' text")
struct ExpositionTests {
  private static let histogram = "# TYPE h histogram\n"

  @Test(
    "takes what is legal",
    arguments: [
      "", "# TYPE a counter\na 1\n", "# HELP a x\\\\y\n# TYPE a gauge\na -1.5e-07\n",
      "# TYPE a:b gauge\na:b{x=\"\\\"\\n\\\\\",y=\"1\"} NaN\na:b{x=\"b\"} +Inf\n",
      histogram + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 0.5\nh_count 1\n",
    ])
  func legal(text: String) throws { _ = try Exposition(Array(text.utf8)) }

  @Test(
    "refuses what is not",
    arguments: [
      "\n", "a 1\n", "# TYPE a counter\na 1", "# TYPE a counter\na 1\n\n", "# TYPE a summary\na 1\n",
      "# TYPE a counter\nb 1\n", "# TYPE a counter\na 1\na 1\n", "# TYPE a counter\na 1\n# TYPE a counter\n",
      "# TYPE b counter\nb 1\n# TYPE a counter\na 1\n", "# HELP a x\na 1\n", "# HELP a x\n",
      "# HELP a \\x\n# TYPE a gauge\n",
      "# TYPE a counter\na{} 1\n", "# TYPE a counter\na{b=\"1\",} 1\n", "# TYPE a counter\na{b=\"1\"}1\n",
      "# TYPE a counter\na{b=\"1\",b=\"2\"} 1\n", "# TYPE a counter\na{c=\"1\",b=\"2\"} 1\n",
      "# TYPE a counter\na{b=\"\\t\"} 1\n", "# TYPE a counter\na{b=\"\"} 1\n", "# TYPE a counter\na{__b=\"1\"} 1\n",
      "# TYPE a counter\na{9=\"1\"} 1\n", "# TYPE a counter\na{b:c=\"1\"} 1\n", "# TYPE a counter\na{b=\"\0\"} 1\n",
      "# TYPE a counter\na{b=\"2\"} 1\na{b=\"1\"} 1\n", "# TYPE 9 counter\n9 1\n", "# TYPE a counter\na 1.0\n",
      "# TYPE a counter\na inf\n", "# TYPE a counter\na 1 7\n", "# TYPE a counter\na x\n", "# TYPE a counter\na \n",
      histogram + "h_bucket{le=\"1\"} 1\n", histogram + "h_sum 1\n", histogram + "h_bucket 1\n",
      histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
      histogram + "h_bucket{a=\"1\",le=\"+Inf\"} 1\nh_sum{a=\"2\"} 1\nh_count{a=\"1\"} 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\n# TYPE i gauge\ni 1\n",
    ])
  func illegal(text: String) { #expect(throws: Exposition.Illegal.self) { try Exposition(Array(text.utf8)) } }
}
