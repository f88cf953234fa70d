namespace Ringwright.Sip.Messages;

/// <summary>One parameter; <see cref="Value"/> is empty for a flag and keeps its quotes.</summary>
public readonly ref struct SipParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;
    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>The <c>;name=value</c> list behind a header value or inside a URI. Names are case-insensitive.</summary>
public readonly ref struct SipParameters(ReadOnlySpan<byte> text)
{
    /// <summary>Empty, or starts with the first semicolon.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    public Enumerator GetEnumerator() => new(Text);

    /// <summary>The first parameter of that name; a flag gives an empty value.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var parameter in this)
        {
            if (!parameter.Name.Is(name)) continue;
            value = parameter.Value;
            return true;
        }
        value = default;
        return false;
    }

    public bool Has(ReadOnlySpan<byte> name) => TryFind(name, out _);

    /// <summary>Of a header value: names are tokens, values tokens, hosts or quoted strings (RFC 3261 §25.1 generic-param).</summary>
    internal static ParseStatus Check(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (var parameter in new SipParameters(text))
        {
            if (++count > Limits.Parameters) return ParseStatus.TooMany;
            if (!parameter.Name.IsToken()) return ParseStatus.BadParameter;
            var value = parameter.Value;
            if (value.IsEmpty) continue;
            if (value[0] == '"')
            {
                if (Grammar.QuotedLength(value) != value.Length) return ParseStatus.BadQuotedString;
            }
            else if (value.IndexOfAnyInRange((byte)0, (byte)' ') >= 0 || value.IndexOfAny("\",<>"u8) >= 0) return ParseStatus.BadParameter;
        }
        return ParseStatus.Ok;
    }

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private bool _hasMore;

        internal Enumerator(ReadOnlySpan<byte> text)
        {
            _hasMore = !text.IsEmpty;
            _rest = _hasMore ? text[1..] : default;
        }

        public SipParameter Current { get; private set; }

        public bool MoveNext()
        {
            if (!_hasMore) return false;
            var piece = Grammar.NextPiece(ref _rest, (byte)';', out _hasMore);
            // Some end their lists with a semicolon.
            if (piece.IsEmpty && !_hasMore) return false;
            int equals = piece.IndexOf((byte)'=');
            // Some write "rport=" for "rport": what has no value is a flag.
            Current = equals < 0 ? new(piece, default) : new(piece[..equals].TrimLws(), piece[(equals + 1)..].TrimLws());
            return true;
        }
    }
}
