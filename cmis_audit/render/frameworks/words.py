"""Words that mean something to PHP, Python, Eloquent or SQLAlchemy where names are wanted."""

_CLASSES = """
abstract and any array as base belongsto bool boolean break builder callable case casts catch class
clone const continue declare default die do echo else empty enum eval exception exit extends false
final float fn for foreach function global goto hasmany if implements include int interface isset
iterable list match mixed model namespace never new none null object or parent print private
protected public raw readonly require resource return scope self static str string switch
tenantscope throw trait true try unset use var void while wrongtenanterror xor yield
"""
CLASSES = frozenset(_CLASSES.split())
"""What no class can be called, or is called in the file it stands in."""

_ATTRIBUTES = """
all append bool boot booted booting bytes cls created creating decimal decrement delete deleted
deleting destroy dict dt fill fillable float fresh guard increment int is list load metadata object
observe on only orm pg property push query refresh reguard registry replicate replicating retrieved
sa save saved saving self set str super tenant touch touches tuple type typing unguard unguarded
update updated updating uuid with
"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
"""What SQLAlchemy's or Eloquent's models have of their own, or the file itself uses."""

_VERBS = """
add as attributes belongs boot broadcast cache call cast clear delete deviate encrypt escape fill
fillable filter finish fire flush force forward fresh from get guess handle has increment initialize
insert is joining json load make merge morph morphed mutate new normalize offset on original parse
perform prevent prevents qualify register relation relations remove resolve save serialize set sync
throw to totally touch transform unset update uses was without
"""
VERBS = frozenset(_VERBS.split())
"""First words of the methods of Eloquent's models that are called by several."""
