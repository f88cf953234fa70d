namespace Ringwright.Sip.Messages;

/// <summary>
/// Where a header line stands in the message's buffer. A message has some twenty, and a call some ten messages: in twelve bytes, for a line
/// is never longer than <see cref="Limits.HeaderLineBytes"/> and what an answer puts into it. A longer one is a mistake of ours, and is not
/// cut where nobody sees it.
/// </summary>
internal readonly record struct HeaderField
{
    private readonly ushort _nameLength, _valueAt, _valueLength;

    public HeaderField(SipHeader id, int nameStart, int nameLength, int valueStart, int valueLength) =>
        (Id, NameStart, _nameLength, _valueAt, _valueLength) =
        (id, nameStart, checked((ushort)nameLength), checked((ushort)(valueStart - nameStart)), checked((ushort)valueLength));

    public SipHeader Id { get; }
    public int NameStart { get; private init; }
    public int NameLength => _nameLength;
    public int ValueStart => NameStart + _valueAt;
    public int ValueLength { get => _valueLength; init => _valueLength = checked((ushort)value); }

    public HeaderField Shift(int delta) => this with { NameStart = NameStart + delta };
}

/// <summary>One header line as received: its name and its whole value.</summary>
public readonly ref struct HeaderLine(SipHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public SipHeader Id { get; } = id;
    public ReadOnlySpan<byte> Name { get; } = name;
    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>All header lines in order: <c>foreach (var line in message.Lines)</c>.</summary>
public ref struct HeaderLines
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<HeaderField> _fields;
    private int _at;

    internal HeaderLines(ReadOnlySpan<byte> bytes, ReadOnlySpan<HeaderField> fields)
    {
        _bytes = bytes;
        _fields = fields;
        _at = -1;
    }

    public readonly HeaderLine Current
    {
        get
        {
            var line = _fields[_at];
            return new(line.Id, _bytes.Slice(line.NameStart, line.NameLength), _bytes.Slice(line.ValueStart, line.ValueLength));
        }
    }

    public readonly HeaderLines GetEnumerator() => this;
    public bool MoveNext() => ++_at < _fields.Length;
}

/// <summary>
/// The values of one header over all its lines, lists taken apart (RFC 3261 §7.3.1):
/// <c>foreach (var value in message.Values(SipHeader.Via))</c>.
/// </summary>
public ref struct HeaderValues
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<HeaderField> _fields;
    private readonly SipHeader _header;
    private readonly bool _isList;
    private int _next;
    private bool _isInside;
    private ReadOnlySpan<byte> _rest;
    /// <summary>How much is left of the line from its next bracket on: 0 without one, -1 when nobody has looked yet.</summary>
    private int _bracket;

    internal HeaderValues(ReadOnlySpan<byte> bytes, ReadOnlySpan<HeaderField> fields, SipHeader header)
    {
        _bytes = bytes;
        _fields = fields;
        _header = header;
        _isList = HeaderTable.Shape(header) == HeaderShape.List;
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly HeaderValues GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_isInside)
        {
            if (_next == _fields.Length) return false;
            var field = _fields[_next++];
            if (field.Id != _header) continue;
            var value = _bytes.Slice(field.ValueStart, field.ValueLength);
            if (!_isList)
            {
                Current = value;
                return true;
            }
            _rest = value;
            _bracket = HasNames(_header) ? -1 : 0;
            _isInside = true;
        }
        var from = _rest;
        // Looked for once, however many commas stand before it.
        if (_bracket < 0 || _bracket > from.Length) _bracket = from.IndexOf((byte)'<') is >= 0 and var at ? from.Length - at : 0;
        int open = _bracket > 0 ? from.Length - _bracket : -1;
        bool isNamed = open > 0 && IsName(from[..open].TrimLws());
        if (isNamed) _rest = from[open..];
        Current = Grammar.NextPiece(ref _rest, (byte)',', out _isInside);
        if (isNamed) Current = from[..(from.Length - _rest.Length - (_isInside ? 1 : 0))].TrimLws();
        return true;
    }

    private static bool HasNames(SipHeader header) => header is SipHeader.Contact or SipHeader.PAssertedIdentity
        or SipHeader.PPreferredIdentity or SipHeader.Diversion or SipHeader.HistoryInfo;

    /// <summary>Before an address in brackets: a comma in it separates nothing ("Lastname, Firstname &lt;sip:…&gt;").</summary>
    private static bool IsName(ReadOnlySpan<byte> text) => !text.IsEmpty && text[0] != ',' && text.IndexOfAny("\":;*"u8) < 0;
}
