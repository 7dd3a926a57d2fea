/// The table that every server has, in the format of /etc/mime.types.
///
/// The types are those registered with IANA; where there is none, or browsers know another name (wav, iso), the one
/// that is in common use. The source text of programs is plain text, for people want to read it, and few of its types
/// are registered: so ".rs" is Rust, and ".mts" TypeScript. But ".ts" is a piece of video, as HLS has it, and ".d.ts"
/// text again. A file that is compressed has the type of its compression, whatever is in it.
enum BuiltInMediaTypes {
  static let table = """
    # The web
    text/html                       html htm
    text/css                        css
    text/javascript                 js mjs cjs
    application/xhtml+xml           xhtml xht
    application/json                json map har
    application/ld+json             jsonld
    application/geo+json            geojson
    application/manifest+json       webmanifest
    application/wasm                wasm
    application/xml                 xml xsd opml
    application/xslt+xml            xsl xslt
    application/xml-dtd             dtd
    application/atom+xml            atom
    application/rss+xml             rss
    application/rdf+xml             rdf owl
    application/mathml+xml          mml mathml

    # Text
    text/plain                      txt text log conf cfg cnf ini asc rst adoc nfo diff patch srt tex bib po
    text/plain                      md5 sha1 sha256 sha512 sum
    text/markdown                   md markdown
    text/csv                        csv
    text/tab-separated-values       tsv
    text/calendar                   ics ifb
    text/vcard                      vcf vcard
    text/vtt                        vtt
    text/vnd.graphviz               gv dot
    text/turtle                     ttl
    text/n3                         n3
    application/n-triples           nt
    application/n-quads             nq
    application/trig                trig
    application/sparql-query        rq
    application/ttml+xml            ttml
    application/yaml                yaml yml
    application/toml                toml
    application/sql                 sql
    application/x-ndjson            ndjson jsonl
    application/x-ipynb+json        ipynb
    message/rfc822                  eml
    application/mbox                mbox

    # The source text of programs
    text/plain                      c h cc cpp cxx hh hpp hxx inl m mm s asm d zig nim rs go swift f f90 for pas adb ads
    text/plain                      java kt kts scala groovy gradle clj cljs cs fs fsx vb dart
    text/plain                      py pyi pyx rb pl pm php lua tcl r jl ex exs erl hrl hs ml mli el lisp scm
    text/plain                      sh bash zsh fish ps1 bat awk sed vim mk cmake bzl nix tf hcl proto thrift graphql
    text/plain                      mts cts tsx jsx d.ts coffee vue svelte scss sass less styl properties lock

    # Images
    image/png                       png
    image/apng                      apng
    image/jpeg                      jpg jpeg jpe jfif
    image/gif                       gif
    image/webp                      webp
    image/avif                      avif
    image/jxl                       jxl
    image/heic                      heic
    image/heif                      heif
    image/svg+xml                   svg
    image/bmp                       bmp dib
    image/tiff                      tif tiff
    image/jp2                       jp2
    image/ktx2                      ktx2
    image/vnd.microsoft.icon        ico cur
    image/vnd.adobe.photoshop       psd
    image/vnd.djvu                  djvu djv
    image/vnd.radiance              hdr

    # Sound
    audio/mpeg                      mp3 mp2 mpga
    audio/mp4                       m4a m4b
    audio/aac                       aac adts
    audio/ogg                       oga ogg opus spx
    audio/flac                      flac
    audio/wav                       wav
    audio/webm                      weba
    audio/matroska                  mka
    audio/midi                      mid midi
    audio/x-aiff                    aif aiff aifc
    audio/ac3                       ac3
    audio/eac3                      eac3
    audio/amr                       amr
    audio/mpegurl                   m3u
    application/xspf+xml            xspf

    # Video
    video/mp4                       mp4 m4v mpg4
    video/webm                      webm
    video/ogg                       ogv
    video/quicktime                 mov qt
    video/matroska                  mkv
    video/mpeg                      mpg mpeg mpe m1v m2v
    video/mp2t                      ts m2ts
    video/iso.segment               m4s
    video/3gpp                      3gp
    video/3gpp2                     3g2
    video/x-msvideo                 avi
    video/x-ms-wmv                  wmv
    video/x-flv                     flv
    application/ogg                 ogx
    application/vnd.apple.mpegurl   m3u8
    application/dash+xml            mpd

    # Fonts
    font/woff2                      woff2
    font/woff                       woff
    font/ttf                        ttf
    font/otf                        otf
    font/collection                 ttc
    application/vnd.ms-fontobject   eot

    # Documents
    application/pdf                 pdf
    application/epub+zip            epub
    application/rtf                 rtf
    application/postscript          ps eps ai
    application/oxps                oxps
    application/vnd.ms-xpsdocument  xps
    application/vnd.amazon.mobi8-ebook  azw3
    application/x-mobipocket-ebook  mobi
    application/vnd.comicbook+zip   cbz
    application/vnd.comicbook-rar   cbr
    application/msword              doc
    application/vnd.ms-excel        xls
    application/vnd.ms-powerpoint   ppt pps
    application/vnd.visio           vsd
    application/vnd.openxmlformats-officedocument.wordprocessingml.document    docx
    application/vnd.openxmlformats-officedocument.wordprocessingml.template    dotx
    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet          xlsx
    application/vnd.openxmlformats-officedocument.spreadsheetml.template       xltx
    application/vnd.openxmlformats-officedocument.presentationml.presentation  pptx
    application/vnd.openxmlformats-officedocument.presentationml.slideshow     ppsx
    application/vnd.openxmlformats-officedocument.presentationml.template      potx
    application/vnd.oasis.opendocument.text          odt
    application/vnd.oasis.opendocument.spreadsheet   ods
    application/vnd.oasis.opendocument.presentation  odp
    application/vnd.oasis.opendocument.graphics      odg

    # Archives
    application/gzip                gz tgz tar.gz
    application/zstd                zst tzst tar.zst
    application/x-brotli            br
    application/x-xz                xz txz tar.xz
    application/x-bzip2             bz2 tbz2 tar.bz2
    application/x-lzma              lzma
    application/x-lzip              lz
    application/x-lz4               lz4
    application/x-compress          z
    application/zip                 zip whl
    application/x-7z-compressed     7z
    application/vnd.rar             rar
    application/x-tar               tar
    application/x-cpio              cpio
    application/warc                warc

    # Packages, images of disks, programs
    application/vnd.debian.binary-package    deb udeb ddeb
    application/x-rpm                        rpm
    application/java-archive                 jar war ear
    application/vnd.android.package-archive  apk
    application/x-xpinstall                  xpi
    application/vnd.microsoft.portable-executable  exe dll
    application/x-msi                        msi
    application/x-apple-diskimage            dmg
    application/x-iso9660-image              iso
    application/x-bittorrent                 torrent
    application/octet-stream                 bin img raw so o a dat

    # Data
    application/cbor                cbor
    application/vnd.sqlite3         sqlite sqlite3
    application/vnd.apache.arrow.file    arrow
    application/vnd.apache.arrow.stream  arrows
    application/vnd.apache.parquet       parquet
    application/vnd.google-earth.kml+xml  kml
    application/vnd.google-earth.kmz     kmz
    application/geopackage+sqlite3       gpkg
    application/gpx+xml             gpx
    model/gltf+json                 gltf
    model/gltf-binary               glb
    model/stl                       stl
    model/obj                       obj
    model/mtl                       mtl
    model/3mf                       3mf
    model/vnd.usdz+zip              usdz

    # Certificates, keys, signatures
    application/pem-certificate-chain  pem
    application/pkix-cert           cer
    application/x-x509-ca-cert      crt
    application/pkix-crl            crl
    application/pkcs10              p10 csr
    application/pkcs12              p12 pfx
    application/pgp-signature       sig
    """
}
