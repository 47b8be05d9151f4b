package infer

// Kind is what a value is, as it stands in the input.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Number
	String
	JSON   // an array, or an object that is not taken apart
	Object // its members are nodes of their own
	kinds
)

// Holds says which values a node's column takes.
type Holds uint8

const (
	Nothing   Holds = iota // no column: only nulls were seen
	Bools                  // Bool
	Ints                   // Int
	Uints                  // Uint
	Floats                 // Float
	Numbers                // String: the text of a number that no float keeps whole
	Texts                  // String
	Arrays                 // String: JSON text of arrays
	JSONTexts              // String: JSON text of arrays, and of objects too deep to be taken apart
	Members                // no column of its own: an object whose members are nodes
	Given                  // as Node.Declared says
)

// Node is a key at its place in the records.
type Node struct {
	Key    string // as the records have it, unescaped; "" for the root
	Parent *Node
	Kids   []*Node // in order of first appearance
	Place  int     // index among Parent.Kids
	Level  int     // keys on the path: 0 for the root
	ID     int     // in order of first appearance, the root has 0; after Decide the position in a walk of the tree, parents first and in order

	// From here on valid after Decide.
	Holds    Holds
	Column   int // index in the schema, -1: none
	Declared *Declared
	Skipped  bool  // left out by Options.Project: its values are neither in a column nor in the overflow column
	Role     Role  // of the field's alias, when the columns beside it are there
	Also     []int // those columns' indices in the schema, -1: left out by Options.Project, or another key's
	Whole    bool  // values that give something beside keep their own column too: a part of them has none, since another key is that
	Only     bool  // values that give nothing beside have no column
	Entries  bool  // an object whose members go to a map, but for those with columns of their own
	Lists    bool  // ... of lists
	Entry    bool  // it goes to a map
	Both     bool  // it has a column of its own and goes to the map too that takes the other members of its object

	index   map[string]*Node // of Kids, when there are many
	counts  [kinds]int
	numbers numbers
	name    string // dotted, after renaming
	path    []string
	from    string  // dotted, before renaming
	wanted  bool    // named by Options.Project, or inside an object that is
	also    []bool  // the same of the columns beside
	others  [3]bool // those beside that another key is
	claimed bool    // it is the field of an alias
	shown   []string
	hides   bool

	evidence *evidence // nil: the key is no alias
}

// few is how many kids are looked through one by one.
const few = 8

// Find is the kid with this key, or nil.
func (n *Node) Find(key []byte) *Node {
	if n.index != nil {
		return n.index[string(key)]
	}
	for _, kid := range n.Kids {
		if kid.Key == string(key) {
			return kid
		}
	}
	return nil
}

func (n *Node) add(key string) *Node {
	kid := &Node{Key: key, Parent: n, Place: len(n.Kids), Level: n.Level + 1, Column: -1}
	n.Kids = append(n.Kids, kid)
	if n.index != nil {
		n.index[key] = kid
	} else if len(n.Kids) > few {
		n.index = make(map[string]*Node, 2*len(n.Kids))
		for _, kid := range n.Kids {
			n.index[kid.Key] = kid
		}
	}
	return kid
}

// Keys collects the keys and kinds of a stream's first records.
type Keys struct {
	Root    *Node
	options Options
	records int
	nodes   int
}

// New makes an empty tree.
func New(options Options) *Keys {
	options.settle()
	return &Keys{Root: &Node{Holds: Members, Column: -1}, options: options}
}

// Options are the options in use, defaults filled in.
func (k *Keys) Options() *Options { return &k.options }

// Record counts a record that was collected. It tells whether there is room for another.
func (k *Keys) Record() bool {
	k.records++
	return !k.Full()
}

// Full tells whether enough records have been collected.
func (k *Keys) Full() bool { return k.records >= k.options.Records }

// Child is the kid of n with this key, made when it is new; nil when there are too many keys already.
func (k *Keys) Child(n *Node, key []byte) *Node {
	if kid := n.Find(key); kid != nil {
		return kid
	}
	// Keys that get no column in the end (only nulls, objects) take room too: four for each column are plenty.
	if k.nodes >= 4*k.options.Columns {
		return nil
	}
	k.nodes++
	kid := n.add(string(key))
	kid.ID = k.nodes
	k.watch(kid)
	return kid
}

// Open tells whether an object that stands at n is taken apart; else it counts as JSON text.
func (k *Keys) Open(n *Node) bool { return n.Level < k.options.Depth }

// Add counts a value of this kind at n. Numbers go to AddNumber, and so do texts to AddText where the key is watched.
func (n *Node) Add(kind Kind) {
	n.counts[kind]++
	if kind == Bool && n.evidence != nil {
		n.evidence.look(bools)
	}
}

var bools = []byte("true")

// Watched tells whether the texts of n matter, not only that they are texts.
func (n *Node) Watched() bool { return n.evidence != nil }

// AddText counts a text at n.
func (n *Node) AddText(text []byte) {
	n.counts[String]++
	if n.evidence != nil {
		n.evidence.look(text)
	}
}

// AddNumber counts a number at n.
func (n *Node) AddNumber(text []byte) {
	n.counts[Number]++
	n.numbers.add(text)
	if n.evidence != nil {
		n.evidence.look(text)
	}
}
