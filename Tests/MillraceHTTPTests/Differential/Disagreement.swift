/// Where our reader and llhttp, which SwiftNIO reads by, are known to differ, and why each is as it is.
///
/// There are three kinds: what we refuse and llhttp takes, which is safe; what we take and llhttp refuses, each with
/// the section of the RFC that asks for it; and what both take and understand differently.
enum Disagreement: String, CaseIterable {
  // We refuse.
  case lineBeforeRequest = """
    llhttp skips any number of CRs and LFs before a request; we skip one CRLF, as RFC 9112 §2.2 has it, for a lone CR \
    or LF is no line
    """
  case spacesInRequestLine = "llhttp skips spaces before a target; one is what RFC 9112 §3 has"
  case otherProtocol = "llhttp reads RTSP/1.0 and ICE/1.0, too; RFC 9112 §2.3 knows HTTP alone"
  case targetForm = """
    llhttp takes any URL for a target; RFC 9112 §3.2 has four forms, of which * is for OPTIONS, and we serve http and \
    https alone
    """
  case fragment = "llhttp takes a target with a fragment; no form of RFC 9112 §3.2 has one"
  case targetHost = """
    llhttp does not look into the authority of a target; RFC 9110 §4.2 has a host in it, and no user (§4.2.4), and RFC \
    3986 §3.2 says what a host and a port are
    """
  case tunnelTarget = "llhttp takes any target of CONNECT; RFC 9112 §3.2.3 has a host and a port"
  case missingHost = "llhttp does not ask for Host; RFC 9112 §3.2 has HTTP/1.1 without it answered by 400"
  case secondHost = "llhttp takes several Hosts; RFC 9112 §3.2 has more than one answered by 400"
  case invalidHost = "llhttp does not look into Host; RFC 9112 §3.2 has an invalid one answered by 400"
  case expectation = "llhttp leaves Expect to others; RFC 9110 §10.1.1 lets one that is not known be answered by 417"
  case lengthOverflow = "llhttp counts a length to 2^64 - 1; we count to 2^63 - 1, as RFC 9110 §8.6 bids us be careful"
  case codingOfOldVersion = "llhttp takes Transfer-Encoding in HTTP/1.0; RFC 9112 §6.1 has its framing be faulty"
  case codingTwice =
    "llhttp takes a second Transfer-Encoding where it is empty; one coding of a message is chunked, RFC 9112 §6.1"
  case codingWithoutEnd =
    "llhttp takes an empty Transfer-Encoding for none; RFC 9112 §6.3 has what is not chunked last answered by 400"
  case otherCoding =
    "llhttp leaves codings before chunked to others; RFC 9112 §6.1 has one that is not known answered by 501"
  case chunkSize = """
    llhttp counts a chunk to 2^64 - 1, with any zeros before it; we take 15 digits, as RFC 9112 §7.1 bids us be careful
    """
  case chunkExtension =
    "llhttp is lax about an extension's semicolon and =; RFC 9112 §7.1.1 has a name in every one, and a value behind ="

  // We take, and have to.
  case method = "llhttp knows some methods; RFC 9110 §9.1 has any token, to be answered by whoever knows the resource"
  case methodOfOthers =
    "llhttp keeps the methods of RTSP and ICE for those, and PRI for HTTP/2; for RFC 9110 §9.1 they are tokens like any"
  case laterVersion =
    "llhttp refuses HTTP/1.2 and later; RFC 9110 §2.5 has a later minor version read as the highest that is known"
  case spaceInExtension = """
    llhttp refuses white space in chunk extensions; RFC 9112 §7.1.1 has BWS, which by RFC 9110 §5.6.3 every recipient \
    has to parse
    """
  case tabBehindLength =
    "llhttp refuses a tab behind Content-Length; RFC 9112 §5 has spaces and tabs around every value"
  case framingInTrailer = """
    llhttp reads the fields of a trailer as if they framed a message; RFC 9112 §7.1.2 lets a trailer be discarded, and \
    RFC 9110 §6.5.1 has nobody merge such fields
    """

  // Both take.
  case tunnel = """
    llhttp ends at the head of CONNECT, for a tunnel begins there (RFC 9110 §9.3.6); we read its framing as any \
    request's, RFC 9112 §6.3, and leave it to the server whether there are tunnels
    """
  case spaceAroundValue = "llhttp leaves white space behind a value; RFC 9112 §5.1 has it be no part of the value"
}
