namespace Ringwright.Sip.Messages;

/// <summary>When two URIs name the same resource (RFC 3261 §19.1.4).</summary>
public static class UriComparison
{
    /// <summary>URI parameters that must agree when either side has them; others only when both have.</summary>
    private static readonly byte[][] Significant = ["user"u8.ToArray(), "ttl"u8.ToArray(), "method"u8.ToArray(), "maddr"u8.ToArray(),
        "transport"u8.ToArray()];

    public static bool IsSameAs(this SipUri a, SipUri b)
    {
        if (a.Text.SequenceEqual(b.Text)) return true;
        if (a.Scheme != b.Scheme) return false;
        if (a.Scheme is UriScheme.Other) return a.Text.Is(b.Text);
        if (a.Scheme is UriScheme.Tel) return IsSameNumber(a.User, b.User) && HasSameParameters(a.Parameters, b.Parameters, isEvery: true);
        return IsSameText(a.User, b.User, ignoreCase: false) && IsSameText(a.Password, b.Password, ignoreCase: false)
            && a.Host.Is(b.Host) && a.Port == b.Port
            && HasSameParameters(a.Parameters, b.Parameters, isEvery: false) && HasSameHeaders(a.Headers, b.Headers);
    }

    private static bool HasSameParameters(SipParameters a, SipParameters b, bool isEvery) => Covers(a, b, isEvery) && Covers(b, a, isEvery);

    private static bool Covers(SipParameters a, SipParameters b, bool isEvery)
    {
        foreach (var parameter in a)
        {
            if (b.TryFind(parameter.Name, out var other))
            {
                if (!IsSameText(parameter.Value, other, ignoreCase: true)) return false;
            }
            else if (isEvery || IsSignificant(parameter.Name)) return false;
        }
        return true;
    }

    private static bool IsSignificant(ReadOnlySpan<byte> name)
    {
        foreach (byte[] significant in Significant)
            if (name.Is(significant)) return true;
        return false;
    }

    /// <summary>Headers are never ignored, their order is.</summary>
    private static bool HasSameHeaders(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        a.Length == 0 == (b.Length == 0) && HasHeadersOf(a, b) && HasHeadersOf(b, a);

    private static bool HasHeadersOf(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        foreach (var range in a.Split((byte)'&'))
        {
            bool isFound = false;
            foreach (var other in b.Split((byte)'&'))
                isFound |= IsSameText(a[range], b[other], ignoreCase: true);
            if (!isFound) return false;
        }
        return true;
    }

    /// <summary>An escape equals the character that it stands for, unless that one is reserved.</summary>
    private static bool IsSameText(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool ignoreCase)
    {
        while (!a.IsEmpty && !b.IsEmpty)
            if (Next(ref a, ignoreCase) != Next(ref b, ignoreCase)) return false;
        return a.IsEmpty && b.IsEmpty;
    }

    private static int Next(ref ReadOnlySpan<byte> text, bool ignoreCase)
    {
        int value = text[0];
        int used = 1;
        if (value == '%' && text.Length > 2 && Grammar.HexValue(text[1]) >= 0 && Grammar.HexValue(text[2]) >= 0)
        {
            value = Grammar.HexValue(text[1]) << 4 | Grammar.HexValue(text[2]);
            used = 3;
            if (";/?:@&=+$,"u8.Contains((byte)value)) value |= 0x100;
        }
        text = text[used..];
        return ignoreCase && value is >= 'A' and <= 'Z' ? value | 0x20 : value;
    }

    /// <summary>Visual separators do not count (RFC 3966 §4).</summary>
    private static bool IsSameNumber(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        while (true)
        {
            a = a.TrimStart("-.()"u8);
            b = b.TrimStart("-.()"u8);
            if (a.IsEmpty || b.IsEmpty) return a.IsEmpty && b.IsEmpty;
            if ((a[0] | 0x20) != (b[0] | 0x20)) return false;
            a = a[1..];
            b = b[1..];
        }
    }
}
