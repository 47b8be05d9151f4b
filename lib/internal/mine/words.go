package mine

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"
)

//go:embed words.txt
var wordList string

// vocabulary are common words of technical English, in small letters: read from the list when first needed.
var vocabulary = sync.OnceValue(func() map[string]bool { return set(wordList) })

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

var (
	// knownWords carry digits, yet are words.
	knownWords = set(`IPv4 IPv6 IPV4 IPV6 ipv4 ipv6 v4 v6 NAT64 UTF-8 UTF8 utf-8 utf8 UTF-16 MD5 md5 SHA1 SHA256 sha1 sha256 SHA-1 SHA-256 x86 x86_64 amd64
		arm64 i386 base64 int32 int64 uint32 uint64 float32 float64 HTTP/1.0 HTTP/1.1 HTTP/2 HTTP2 http2 h2 TLSv1 TLSv1.2 TLSv1.3 SSLv3 OAuth2
		oauth2 log4j slf4j Log4j ext2 ext3 ext4 EC2 S3 K8s k8s L2 L3 RAID0 RAID1 RAID5 ssh2 SSH2 SMBv1 SMB2 Base64 ISO8601 RFC3339 802.11 802.1X H264
		H265 MP4 MP3 P2P B2B 2FA`)
	methods      = set("GET POST PUT HEAD DELETE OPTIONS PATCH")
	byteUnits    = set("B KB MB GB TB kB KiB MiB GiB TiB")
	plainSchemes = set("http https ftp file content")
	domains      = set("com net org edu gov io local cn hk de uk jp fr ru tw kr br in it nl info biz internal lan us eu ca au mx pl es ch arpa tv co")
	packages     = set("com org net io edu gov android androidx java javax sun jdk kotlin scala de uk cn fr jp dev ai app me us system Microsoft System")
	suffixes     = []string{".c", ".cc", ".cpp", ".h", ".go", ".java", ".py", ".rs", ".js", ".ts", ".m", ".mm", ".rb", ".php", ".cs", ".scala", ".kt"}
	weekdays     = set("Mon Tue Wed Thu Fri Sat Sun")
	months       = set("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")

	// strongSlots are words behind which a name or number stands; weakSlots are words behind which one often does.
	strongSlots = set("user users host hosts hostname username account login uid gid group owner named called server client domain")
	weakSlots   = set(`from to for by at on in with id name names file path port node address service process thread task job session device interface as of
		via into package module class method function table database queue topic key tag type mode level state status code error reason`)
	// nameSlots are words behind which a name is opened at once; givenSlots are others, where only accounts are.
	nameSlots  = set("user username host hostname account")
	givenSlots = set("for by from")
	accounts   = set("root admin administrator test guest nobody daemon mail news ftp www mysql postgres oracle ubuntu git anonymous")
	// stateWords may follow "user" or "host" without being its name.
	stateWords = set(`is was are were has had have does did not no unknown authentication name names id ids logged logging login logout in out on at from to
		for by with and or data input request session mode key keys does can cannot could may must will would should space process list info file
		agent account group groups failed connected disconnected added removed created deleted`)
	booleans = set("true false True False TRUE FALSE yes no on off null None none enabled disabled")
)

func weekday(text []byte) bool { return len(text) >= 3 && weekdays[string(text[:3])] }
func month(text []byte) bool   { return len(text) >= 3 && months[string(text[:3])] }

func nothing(token []byte) bool {
	return string(token) == "null" || string(token) == "NULL" || string(token) == "None"
}

// topLevelDomain tells whether the last part of a dotted name is one that hosts end with.
func topLevelDomain(token []byte) bool {
	return domains[string(token[bytes.LastIndexByte(token, '.')+1:])]
}

// packageName tells whether a dotted name begins as packages and reversed domains do.
func packageName(token []byte) bool {
	first, _, _ := bytes.Cut(token, []byte("."))
	return packages[string(first)]
}

// exceptionName tells the class of an exception, which belongs to the message.
func exceptionName(token []byte) bool {
	return bytes.HasSuffix(token, []byte("Exception")) || bytes.HasSuffix(token, []byte("Error"))
}

func sourceFile[T string | []byte](token T) bool {
	for _, suffix := range suffixes {
		if n := len(token) - len(suffix); n >= 0 && string(token[n:]) == suffix {
			return true
		}
	}
	return false
}

// common tells whether a word, or a simple inflection of it, is in the vocabulary.
func common(word string) bool {
	words, low := vocabulary(), strings.ToLower(word)
	if len(low) == 1 || words[low] {
		return true
	}
	for _, suffix := range []string{"s", "es", "ed", "d", "ing", "er", "or", "ly", "ion"} {
		if stem, ok := strings.CutSuffix(low, suffix); ok && len(stem) > 2 && (words[stem] || words[stem+"e"]) {
			return true
		}
	}
	return false
}

// commonParts tells whether all parts of a compound name are in the vocabulary: openFile, max_size.
func commonParts(name string) bool {
	start, parts := 0, 0
	all := true
	part := func(end int) {
		if end-start >= 2 {
			parts++
			all = all && common(name[start:end])
		}
		start = end
	}
	for i := 1; i < len(name); i++ {
		switch {
		case name[i] == '_' || name[i] == '-':
			part(i)
			start = i + 1
		case class[name[i]]&isUpper != 0 && class[name[i-1]]&isUpper == 0:
			part(i)
		}
	}
	part(len(name))
	return all && parts > 0
}
