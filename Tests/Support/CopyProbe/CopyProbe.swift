@main struct CopyProbe { static func main() {} }
