using Ringwright.Calls.Texts;

namespace Ringwright.Calls.Pricing;

/// <summary>
/// One price list. Immutable, and made for look-ups in the middle of a dial: a prefix is its digits as a number, so that a look-up is a few
/// probes of one table and allocates nothing, however many prefixes there are. Prices of calls and of texts are in it side by side.
/// </summary>
public sealed class RateDeck
{
    /// <summary>Digits of a prefix: the longest number that there is.</summary>
    public const int MostDigits = 15;

    /// <summary>In place of a prefix: calls to numbers of this node.</summary>
    public const string OnNet = "on-net";

    /// <summary>Before a prefix, or <see cref="OnNet"/>: what a part of a text message costs, in place of a minute of a call.</summary>
    public const string Texts = "sms:";

    /// <summary>Of the beginning of a short code, which stands behind <see cref="Texts"/> and <see cref="TextCarrier.Codes"/>.</summary>
    private const int MostCodeDigits = 8;
    private const int LengthBits = 4;
    /// <summary>In keys of what begins with <see cref="Texts"/>; no fifteen digits come to so much.</summary>
    private const ulong TextFlag = 1UL << 62;
    /// <summary>Of short codes, beside the one of texts: their digits are no beginning of a number.</summary>
    private const ulong CodeFlag = 1UL << 61;
    /// <summary>Of <see cref="OnNet"/>; the like.</summary>
    private const ulong OnNetKey = 1UL << 63;

    private readonly Dictionary<ulong, Dated> _outbound = [], _inbound = [];

    /// <param name="rates">In any order. Of two with the same direction, prefix and date the later one counts.</param>
    public RateDeck(Guid id, string name, IEnumerable<(Direction Direction, Rate Rate)> rates)
    {
        (Id, Name) = (id, name);
        foreach (var (direction, rate) in rates)
        {
            if (!TryEncode(rate.Prefix, out ulong key)) throw new ArgumentException($"'{rate.Prefix}' is no prefix", nameof(rates));
            var table = TableOf(direction);
            var among = table.GetValueOrDefault(key);
            if (among?.Has(rate.EffectiveFrom) is not true) Count++;
            if (direction is Direction.Outbound && key < TextFlag) HasOutbound = true;
            if (direction is Direction.Outbound && key is >= TextFlag and < OnNetKey) HasOutboundTexts = true;
            table[key] = Dated.With(rate, among);
        }
    }

    public Guid Id { get; }
    public string Name { get; }
    /// <summary>Rates of both directions, past and future ones too.</summary>
    public int Count { get; }

    /// <summary>It prices calls to numbers that are not the node's.</summary>
    public bool HasOutbound { get; }

    /// <summary>It prices texts to numbers or short codes that are not the node's.</summary>
    public bool HasOutboundTexts { get; }

    /// <summary>The rate of the longest prefix that had one at the moment; null when none had, and for what is no number.</summary>
    public Rate? Find(Direction direction, string number, DateTimeOffset at) => Find(direction, number, at, 0);

    /// <summary>
    /// The same of text messages, whose rates begin with <see cref="Texts"/>: to and from numbers, and short codes. The empty text asks
    /// what all short codes cost.
    /// </summary>
    public Rate? FindText(Direction direction, string number, DateTimeOffset at) => Find(direction, number, at, TextFlag);

    private Rate? Find(Direction direction, string number, DateTimeOffset at, ulong flag)
    {
        var table = TableOf(direction);
        bool isNumber = number.StartsWith('+');
        if (table.Count == 0 || number.Length > (isNumber ? MostDigits + 1 : MostCodeDigits) || (!isNumber && flag == 0)) return null;
        var rest = number.AsSpan(isNumber ? 1 : 0);
        ulong mark = isNumber ? flag : flag | CodeFlag;
        Span<ulong> keys = stackalloc ulong[MostDigits + 1];
        keys[0] = Key(0, 0);
        ulong digits = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            if (!char.IsAsciiDigit(rest[i])) return null;
            digits = digits * 10 + (uint)(rest[i] - '0');
            keys[i + 1] = Key(digits, i + 1);
        }
        for (int length = rest.Length; length >= 0; length--)
            if (table.TryGetValue(keys[length] | mark, out var dated) && dated.At(at) is { } rate) return rate;
        return null;
    }

    /// <summary>The rate of this very prefix at the moment; null when it had none.</summary>
    public Rate? FindExact(Direction direction, string prefix, DateTimeOffset at) =>
        TryEncode(prefix, out ulong key) ? TableOf(direction).GetValueOrDefault(key)?.At(at) : null;

    /// <summary>
    /// True for "+" and the first digits of numbers (E.164: none begins with 0), up to <see cref="MostDigits"/>, and for
    /// <see cref="OnNet"/>; for either also behind <see cref="Texts"/>, where <see cref="TextCarrier.Codes"/> and the first digits of
    /// short codes, or none, may stand too.
    /// </summary>
    public static bool IsPrefix(string text) =>
        !BehindTexts(text).StartsWith("+0", StringComparison.Ordinal) && TryEncode(text, out _);

    /// <summary>The text without <see cref="Texts"/> before it.</summary>
    private static ReadOnlySpan<char> BehindTexts(string text) =>
        text.AsSpan(text.StartsWith(Texts, StringComparison.Ordinal) ? Texts.Length : 0);

    private Dictionary<ulong, Dated> TableOf(Direction direction) => direction is Direction.Outbound ? _outbound : _inbound;

    private static bool TryEncode(string prefix, out ulong key)
    {
        var rest = BehindTexts(prefix);
        ulong flag = rest.Length < prefix.Length ? TextFlag : 0;
        key = OnNetKey | flag;
        if (rest is OnNet) return true;
        key = 0;
        bool isOfCodes = flag != 0 && rest.StartsWith(TextCarrier.Codes, StringComparison.Ordinal);
        if (!isOfCodes && rest is not ['+', ..]) return false;
        rest = rest[(isOfCodes ? TextCarrier.Codes.Length : 1)..];
        if (rest.Length > (isOfCodes ? MostCodeDigits : MostDigits) || rest.ContainsAnyExceptInRange('0', '9')) return false;
        ulong digits = 0;
        foreach (char digit in rest) digits = digits * 10 + (uint)(digit - '0');
        key = Key(digits, rest.Length) | flag | (isOfCodes ? CodeFlag : 0);
        return true;
    }

    /// <summary>The length is part of it, for a prefix may begin with zeros.</summary>
    private static ulong Key(ulong digits, int length) => digits << LengthBits | (uint)length;

    /// <summary>The rates of one prefix, the newest first.</summary>
    private sealed record Dated(Rate Rate, Dated? Earlier)
    {
        public static Dated With(Rate rate, Dated? among) => among switch
        {
            null => new(rate, null),
            _ when rate.EffectiveFrom > among.Rate.EffectiveFrom => new(rate, among),
            _ when rate.EffectiveFrom == among.Rate.EffectiveFrom => among with { Rate = rate },
            _ => among with { Earlier = With(rate, among.Earlier) },
        };

        public bool Has(DateTimeOffset from)
        {
            for (var dated = this; dated is not null; dated = dated.Earlier)
                if (dated.Rate.EffectiveFrom == from) return true;
            return false;
        }

        public Rate? At(DateTimeOffset moment)
        {
            for (var dated = this; dated is not null; dated = dated.Earlier)
                if (dated.Rate.EffectiveFrom <= moment) return dated.Rate;
            return null;
        }
    }
}
